// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import io.rhizome.gossip.NodeId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What a router learnt of each holder of each model, as immutable values: for at most {@value
 * #MAX_HOLDERS} pairs, of which those that nothing was learnt of for longest are forgotten first.
 *
 * <p>Any thread: its lock is held for a look-up and one call of the given function.
 */
final class ByHolder<S> {
  static final int MAX_HOLDERS = 65_536;

  private final Map<Key, S> states = new LinkedHashMap<>();
  private final S nothing;

  private record Key(String model, NodeId holder) {}

  /** Nothing learnt yet; {@code nothing} says so of each. */
  ByHolder(S nothing) {
    this.nothing = nothing;
  }

  /** What was learnt of that holder of that model. */
  synchronized S of(String model, NodeId holder) {
    return states.getOrDefault(new Key(model, holder), nothing);
  }

  /** Something was learnt of it. */
  synchronized void learn(String model, NodeId holder, UnaryOperator<S> learnt) {
    Key key = new Key(model, holder);
    S known = states.remove(key);
    states.put(key, learnt.apply(known == null ? nothing : known));
    if (states.size() > MAX_HOLDERS) {
      states.remove(states.keySet().iterator().next());
    }
  }
}
