// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Holders;
import io.rhizome.scheduler.Place;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteRules;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All know the truth: all nodes with workers hold the model, all are well, within reach, and where
 * they are said to stand. That a node has loaded it, where it had it on disk only, others know once
 * they hear of it.
 */
final class Held implements Beliefs {
  private static final long VERSION = 1;

  private final Setup setup;
  private final List<Place> places = new ArrayList<>();
  private final RouteRules rules;

  /** Of which nodes each observer knows that they have loaded it. */
  private final List<BitSet> loaded = new ArrayList<>();

  private final Map<BitSet, Holders> known = new LinkedHashMap<>();
  private final Holders[] holders;

  Held(Setup setup) {
    this.setup = setup;
    this.rules = RouteRules.NONE.loadingOnDemand(setup.loadsOnDemand());
    this.holders = new Holders[setup.nodes().size()];
    for (int i = 0; i < holders.length; i++) {
      String region = setup.nodes().get(i).region();
      places.add(new Place(region, region, "", "", 0));
      loaded.add(new BitSet());
      renew(i);
    }
  }

  /** Those who know the same share one index. */
  private void renew(int observer) {
    BitSet now = loaded.get(observer);
    Holders same = known.get(now);
    if (same == null) {
      same = made(now);
      known.put((BitSet) now.clone(), same);
    }
    holders[observer] = same;
  }

  private Holders made(BitSet loadedSince) {
    List<NodeId> warm = new ArrayList<>();
    List<NodeId> cold = new ArrayList<>();
    for (int i = 0; i < holders.length; i++) {
      Setup.Spec spec = setup.nodes().get(i);
      if (spec.workers() > 0) {
        (spec.cold() && !loadedSince.get(i) ? cold : warm).add(RoutingMesh.id(i));
      }
    }
    return new Holders(byVersion(warm), byVersion(cold));
  }

  private static SortedMap<Long, List<NodeId>> byVersion(List<NodeId> nodes) {
    SortedMap<Long, List<NodeId>> byVersion = new TreeMap<>();
    if (!nodes.isEmpty()) {
      byVersion.put(VERSION, nodes);
    }
    return byVersion;
  }

  @Override
  public Holders holders(int observer, String model) {
    return holders[observer];
  }

  @Override
  public Place place(int observer, int node) {
    return places.get(node);
  }

  @Override
  public RouteRules rules(Request request) {
    return rules;
  }

  @Override
  public void onStarted(int node) {
    if (setup.nodes().get(node).cold()) {
      for (int observer = 0; observer < holders.length; observer++) {
        if (loaded.get(observer).get(node)) {
          loaded.get(observer).clear(node);
          renew(observer);
        }
      }
    }
  }

  @Override
  public void onLoaded(int observer, int node) {
    loaded.get(observer).set(node);
    renew(observer);
  }
}
