// SPDX-License-Identifier: Apache-2.0
/**
 * Where a request runs and what happens when that fails.
 *
 * <p>Start reading at {@link io.rhizome.scheduler.Router}, a pure choice over a {@link
 * io.rhizome.scheduler.ClusterView}, then {@link io.rhizome.scheduler.Dispatch}, one request's life
 * as a state machine, and {@link io.rhizome.scheduler.admission.Admission}, whether a request runs
 * here now. Imports the JDK, JSpecify and the value types of {@code io.rhizome.gossip} only.
 */
@NullMarked
package io.rhizome.scheduler;

import org.jspecify.annotations.NullMarked;
