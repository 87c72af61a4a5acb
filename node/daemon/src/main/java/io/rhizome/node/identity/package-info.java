// SPDX-License-Identifier: Apache-2.0
/**
 * Who this node is, whom it trusts, and how either is proven.
 *
 * <p>Start reading at {@link io.rhizome.node.identity.Identity}, a key pair, then {@link
 * io.rhizome.node.identity.Admitted}, the port that says who may do what; {@code
 * identity.admission} stands behind it by policy, which begins with a file, the {@link
 * io.rhizome.node.identity.Roster}. {@link io.rhizome.node.identity.MeshTls} proves identities
 * between nodes, {@link io.rhizome.node.identity.AdminGuard} those of operators.
 */
@NullMarked
package io.rhizome.node.identity;

import org.jspecify.annotations.NullMarked;
