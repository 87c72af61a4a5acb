// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Holders;
import io.rhizome.scheduler.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All know the truth: all nodes with workers hold the model, all are well, within reach, and where
 * they are said to stand.
 */
final class Held implements Beliefs {
  private final Holders holders;
  private final List<Place> places = new ArrayList<>();

  Held(Setup setup) {
    List<NodeId> nodes = new ArrayList<>();
    for (int i = 0; i < setup.nodes().size(); i++) {
      String region = setup.nodes().get(i).region();
      places.add(new Place(region, region, "", "", 0));
      if (setup.nodes().get(i).workers() > 0) {
        nodes.add(RoutingMesh.id(i));
      }
    }
    SortedMap<Long, List<NodeId>> byVersion = new TreeMap<>();
    byVersion.put(1L, nodes);
    this.holders = new Holders(byVersion);
  }

  @Override
  public Holders holders(int observer, String model) {
    return holders;
  }

  @Override
  public Place place(int observer, int node) {
    return places.get(node);
  }
}
