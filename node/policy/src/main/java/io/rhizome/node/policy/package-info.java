// SPDX-License-Identifier: Apache-2.0
/**
 * The mesh's policy: what operators and the mesh itself have decided, the same on every node. Start
 * reading at {@link io.rhizome.node.policy.PolicyStore}, the port; {@link
 * io.rhizome.node.policy.PolicyMachine} is the replicated state machine behind every
 * implementation. A write is a {@link io.rhizome.node.policy.Proposal} that carries its own proof;
 * once committed it is a {@link io.rhizome.node.policy.PolicyRecord}, and versions count records:
 * 1, 2, 3, without a gap. Atomix appears in {@code policy.raft} only.
 */
@NullMarked
package io.rhizome.node.policy;

import org.jspecify.annotations.NullMarked;
