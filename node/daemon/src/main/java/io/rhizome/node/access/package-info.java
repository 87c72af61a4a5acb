// SPDX-License-Identifier: Apache-2.0
/**
 * Which client may do what at the public ports: API keys, roles, tenants' limits, and how old
 * policy may be. Start reading at {@link io.rhizome.node.access.Access}. Depends on {@code policy}
 * only; doors in {@code api} ask it and tell clients what it says. What it counts is this node's
 * alone.
 */
@NullMarked
package io.rhizome.node.access;

import org.jspecify.annotations.NullMarked;
