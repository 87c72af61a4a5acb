// SPDX-License-Identifier: Apache-2.0
/**
 * Requests under virtual time: the routers, candidates, attempts, budgets and admission that ship,
 * on nodes whose executors, links and clients are simulated.
 *
 * <p>Start reading at {@link io.rhizome.simulator.routing.RoutingMesh}, then {@link
 * io.rhizome.simulator.routing.Exchange}. May use the simulator and what that may use.
 */
@NullMarked
package io.rhizome.simulator.routing;

import org.jspecify.annotations.NullMarked;
