// SPDX-License-Identifier: Apache-2.0
/**
 * What a routing decision costs in time and allocation, as a part of {@code deploy/bench hop}.
 * Start reading at {@link io.rhizome.it.bench.decision.DecisionCost}.
 */
@NullMarked
package io.rhizome.it.bench.decision;

import org.jspecify.annotations.NullMarked;
