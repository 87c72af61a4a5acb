// SPDX-License-Identifier: Apache-2.0
/**
 * Policy on routing: reads the resources of kind {@code Route} and {@code Site} and gives {@code
 * serving} what it asks of them. Depends on {@code node/policy} and the scheduler. Start with
 * {@link io.rhizome.node.routing.PolicyRouting}.
 */
@NullMarked
package io.rhizome.node.routing;

import org.jspecify.annotations.NullMarked;
