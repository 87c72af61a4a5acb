// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

/**
 * Whether a member answers this node now, from probes and traffic, sub-second: a reason to route
 * around it, never a verdict that it is dead.
 */
public sealed interface Reachability {
  /** It answers this node itself. */
  record Direct() implements Reachability {}

  /**
   * It does not answer this node, but it answers that member, which passes on what is meant for it.
   */
  record Via(NodeId relay) implements Reachability {}

  /** It answers neither this node nor any that was asked to try. */
  record None() implements Reachability {}

  /** The one {@link Direct}. */
  Reachability DIRECT = new Direct();

  /** The one {@link None}. */
  Reachability NONE = new None();
}
