// SPDX-License-Identifier: Apache-2.0
/**
 * Policy of a node with a vote: Atomix Raft behind {@link io.rhizome.node.policy.PolicyStore}.
 * Start reading at {@link io.rhizome.node.policy.raft.AtomixPolicyStore}; a driver gives it a
 * {@link io.rhizome.node.policy.raft.VoterTransport}. Atomix has known safety bugs; each guard
 * against one is a decorator of its {@code RaftServerProtocol}. The only package that may see
 * Atomix.
 */
@NullMarked
package io.rhizome.node.policy.raft;

import org.jspecify.annotations.NullMarked;
