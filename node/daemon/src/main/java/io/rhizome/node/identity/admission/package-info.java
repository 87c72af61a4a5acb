// SPDX-License-Identifier: Apache-2.0
/**
 * Who belongs to the mesh, as policy has it: the kinds {@code Node}, {@code Operator}, {@code
 * Token}, {@code Revoked}, {@code MeshKey} and {@code Founding}, what may be done to them, and how
 * a node gets in. Start at {@link io.rhizome.node.identity.admission.MeshRules}, which says what a
 * voter lets pass; {@link io.rhizome.node.identity.admission.Admissions} is what follows from
 * policy, {@link io.rhizome.node.identity.admission.JoinDesk} lets a joiner in.
 *
 * <p>Depends on policy's port and on keys; not on connections.
 */
@NullMarked
package io.rhizome.node.identity.admission;

import org.jspecify.annotations.NullMarked;
