// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs.ignite;

import io.rhizome.node.jobs.JobStore;
import io.rhizome.node.jobs.Site;
import io.rhizome.node.jobs.ignite.SitePlan.Ring;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.ignite.Ignite;
import org.apache.ignite.Ignition;
import org.apache.ignite.cluster.BaselineNode;
import org.apache.ignite.cluster.ClusterNode;
import org.apache.ignite.cluster.ClusterState;
import org.apache.ignite.events.EventType;
import org.jspecify.annotations.Nullable;

/** Ignite while it runs. One thread, but {@link #failure}. */
final class Cluster implements AutoCloseable {
  private final Ignite ignite;
  private final Trouble trouble;

  /** What Ignite's threads say. */
  private static final class Trouble {
    private volatile @Nullable String failure;
    private volatile boolean segmented;
  }

  private Cluster(Ignite ignite, Trouble trouble) {
    this.ignite = ignite;
    this.trouble = trouble;
  }

  /** Starts it, which takes seconds; {@link org.apache.ignite.IgniteException} if it cannot. */
  static Cluster start(SiteNode node, Path directory, boolean alone) {
    SiteSettings.quiet();
    Trouble trouble = new Trouble();
    Ignite started =
        Ignition.start(
            SiteSettings.of(node, directory, alone, failure -> trouble.failure = failure));
    started
        .events()
        .localListen(
            event -> {
              trouble.segmented = true;
              return false;
            },
            EventType.EVT_NODE_SEGMENTED);
    return new Cluster(started, trouble);
  }

  /** What it cannot go on after; null while all is well. */
  @Nullable String failure() {
    return trouble.failure;
  }

  Ring ring() {
    var cluster = ignite.cluster();
    ClusterNode oldest = cluster.forOldest().node();
    return new Ring(
        cluster.state() == ClusterState.ACTIVE,
        trouble.segmented,
        oldest == null ? "" : oldest.consistentId().toString(),
        names(cluster.nodes()),
        names(counted()));
  }

  private Collection<? extends BaselineNode> counted() {
    Collection<BaselineNode> counted = ignite.cluster().currentBaselineTopology();
    return counted == null ? List.of() : counted;
  }

  private static SortedSet<String> names(Collection<? extends BaselineNode> nodes) {
    SortedSet<String> names = new TreeSet<>();
    nodes.forEach(node -> names.add(node.consistentId().toString()));
    return names;
  }

  void activate() {
    ignite.cluster().state(ClusterState.ACTIVE);
  }

  /** Has exactly these nodes store the jobs, which are here or were counted before. */
  void count(SortedSet<String> names) {
    List<BaselineNode> nodes = new ArrayList<>();
    SortedSet<String> found = new TreeSet<>();
    for (BaselineNode node : ignite.cluster().nodes()) {
      if (names.contains(node.consistentId().toString())) {
        nodes.add(node);
        found.add(node.consistentId().toString());
      }
    }
    for (BaselineNode node : counted()) {
      String name = node.consistentId().toString();
      if (names.contains(name) && !found.contains(name)) {
        nodes.add(node);
      }
    }
    ignite.cluster().setBaselineTopology(nodes);
    acceptLosses();
  }

  /** Goes on without what only a node that is gone had: it is made anew from the journal. */
  void acceptLosses() {
    ignite.resetLostPartitions(ignite.cacheNames());
  }

  JobStore store(Supplier<Site> site) {
    return new IgniteJobStore(ignite, site);
  }

  @Override
  public void close() {
    Ignition.stop(ignite.name(), true);
  }
}
