// SPDX-License-Identifier: Apache-2.0
/**
 * {@code deploy/bench routing}: the simulated experiments on routing, each in a JVM of its own, one
 * of them beside real nodes; their figures and bars.
 *
 * <p>Start reading at {@link io.rhizome.it.bench.routing.RoutingBench}.
 */
@NullMarked
package io.rhizome.it.bench.routing;

import org.jspecify.annotations.NullMarked;
