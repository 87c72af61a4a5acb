// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.decision;

import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Reachability;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Holders;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.NodeView.Standing;
import io.rhizome.scheduler.Place;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteRules;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** A mesh in which all nodes hold the model, each with another load and distance. */
final class ManyHolders implements ClusterView {
  private static final long MILLI = 1_000_000;

  private final List<NodeId> ids = new ArrayList<>();
  private final Map<NodeId, Load> loads = new HashMap<>();
  private final Holders holders;

  ManyHolders(int count) {
    Random random = new Random(1);
    for (int i = 0; i < count; i++) {
      byte[] id = new byte[NodeId.BYTES];
      random.nextBytes(id);
      ids.add(NodeId.of(id));
      loads.put(ids.get(i), new Load(random.nextInt(10), 8, random.nextLong(4 * MILLI), MILLI));
    }
    Collections.sort(ids);
    this.holders = new Holders(new TreeMap<>(Collections.singletonMap(1L, ids)));
  }

  /** One of the holders. */
  NodeId any(RandomGenerator random) {
    return ids.get(random.nextInt(ids.size()));
  }

  @Override
  public NodeId self() {
    return ids.get(0);
  }

  @Override
  public long nowNanos() {
    return 0;
  }

  @Override
  public Holders holders(String model) {
    return holders;
  }

  @Override
  public Optional<NodeView> node(NodeId id) {
    Load load = loads.get(id);
    return load == null
        ? Optional.empty()
        : Optional.of(
            new NodeView(
                id,
                Standing.WELL,
                Reachability.DIRECT,
                id.prefix() & 0xfffff,
                0,
                load.plus(1),
                id.prefix() & 0x1fffffff,
                1,
                Place.UNKNOWN));
  }

  @Override
  public RouteRules rules(Request request) {
    return RouteRules.NONE;
  }
}
