// SPDX-License-Identifier: Apache-2.0
/**
 * {@code deploy/bench jobs}: whether jobs are done once each, whatever befalls the nodes of their
 * site, and what they cost.
 *
 * <p>Real processes, spoken to over gRPC as any client would; faults come from outside of them.
 * Start reading at {@link io.rhizome.it.bench.jobs.JobsBench}, then {@link
 * io.rhizome.it.bench.jobs.KillRow}.
 */
@NullMarked
package io.rhizome.it.bench.jobs;

import org.jspecify.annotations.NullMarked;
