// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.config.NodeConfig;
import io.rhizome.node.identity.MeshTls;
import io.rhizome.node.jobs.Job;
import io.rhizome.node.jobs.JobParts;
import io.rhizome.node.jobs.JobRunner;
import io.rhizome.node.jobs.Jobs;
import io.rhizome.node.jobs.Journal;
import io.rhizome.node.jobs.NoJobs;
import io.rhizome.node.jobs.Offloader;
import io.rhizome.node.jobs.PlacementConditions;
import io.rhizome.node.jobs.SiteJobs;
import io.rhizome.node.jobs.Upkeep;
import io.rhizome.node.jobs.ignite.IgniteSite;
import io.rhizome.node.jobs.ignite.SiteNode;
import io.rhizome.node.mesh.EventLoops;
import io.rhizome.node.mesh.GrpcOtherSites;
import io.rhizome.node.mesh.GrpcSitePeers;
import io.rhizome.node.mesh.JobExchangeService;
import io.rhizome.node.mesh.MeshChannels;
import io.rhizome.node.mesh.SiteJobService;
import io.rhizome.node.serving.ModelNames;
import io.rhizome.node.serving.Serving;
import io.rhizome.scheduler.ClusterView;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node's part in its site's jobs. One thread makes, starts and closes it. */
final class SiteParts implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SiteParts.class);
  private static final Duration ASK = Duration.ofMillis(500);

  /** While the site has no jobs, one in so many questions is enough. */
  private static final int IDLE_ASKS = 4;

  private static final Duration ITEM_TIMEOUT = Duration.ofSeconds(30);
  private static final long JOB_BYTES = 1L << 30;

  private final boolean enabled;
  private final GrpcSitePeers peers;
  private final EventLoops loops;
  private final IgniteSite site;
  private final JobRunner runner;
  private final Upkeep upkeep;
  private final Offloader offloader;
  private final SiteJobService service;
  private final JobExchangeService exchange;
  private final Jobs jobs;
  private int asks;

  /**
   * What it stands on.
   *
   * @param self this node
   * @param host the address at which others of the site reach its store
   * @param labels this node's: {@code site} says which, and {@code region} where items come from
   *     whose job does not know
   * @param membership whom the mesh reaches
   * @param serving runs items
   * @param view the mesh as routing sees it now
   * @param names what clients call models
   * @param copying what waits for peers; bounded
   */
  record Ports(
      NodeId self,
      String host,
      SortedMap<String, String> labels,
      MeshTls tls,
      MeshChannels channels,
      Supplier<MembershipView> membership,
      Serving serving,
      Supplier<ClusterView> view,
      ModelNames names,
      EventLoops loops,
      Executor copying) {}

  /** Reads what this node keeps; nothing runs before {@link #start}. */
  SiteParts(NodeConfig config, Ports ports) throws IOException {
    NodeConfig.Jobs limits = config.jobs();
    String self = ports.self().toString();
    String name = ports.labels().getOrDefault("site", "");
    Path directory = config.data().resolve("jobs");
    this.enabled = limits.enabled();
    this.peers = new GrpcSitePeers(ports.channels(), ports.membership(), name);
    this.loops = ports.loops();
    Journal journal = Journal.open(directory.resolve("journal"), limits.maxBytes(), log::warn);
    this.site =
        new IgniteSite(
            new SiteNode(
                self,
                directory,
                ports.host(),
                free(limits.port()),
                free(limits.dataPort()),
                peers::neighbours,
                ports.tls().among(node -> node.equals(ports.self()) || peers.isOfSite(node)),
                limits.forced(),
                limits.forgetNodeAfter()));
    this.service = new SiteJobService(journal, site::part, node -> enabled && peers.isOfSite(node));
    String region = ports.labels().getOrDefault("region", "");
    ServingItems items =
        new ServingItems(
            ports.serving(), ports.names(), ports.loops()::timers, region, ITEM_TIMEOUT.toNanos());
    JobParts parts =
        new JobParts(self, site, journal, peers, System::currentTimeMillis, ports.copying());
    this.offloader =
        new Offloader(
            parts,
            name,
            region,
            new GrpcOtherSites(
                ports.channels(),
                ports.membership(),
                new SiteOffers(ports.view(), ports.names(), name, region)));
    PlacementConditions conditions =
        new PlacementConditions(
            ports.labels().getOrDefault("name", ports.self().shortName()),
            InstantSource.system(),
            new MainsPower(MainsPower.SUPPLIES, System::nanoTime));
    this.runner = new JobRunner(parts, items, conditions.and(offloader));
    this.upkeep = new Upkeep(parts, runner);
    SiteJobs.Limits most = new SiteJobs.Limits(config.request().maxBytes(), JOB_BYTES);
    this.jobs = enabled ? new SiteJobs(parts, most, this::waiting, runner::wake) : new NoJobs();
    this.exchange = new JobExchangeService(jobs, ports.membership());
  }

  private List<String> waiting(Job job) {
    List<String> reasons = new ArrayList<>(offloader.waiting(job));
    reasons.addAll(runner.waiting(job));
    return reasons;
  }

  private static int free(int port) throws IOException {
    if (port != 0) {
      return port;
    }
    try (ServerSocket any = new ServerSocket(0)) {
      return any.getLocalPort();
    }
  }

  /** What other nodes of the site ask of this one. */
  SiteJobService service() {
    return service;
  }

  /** What other sites ask of this one. */
  JobExchangeService exchange() {
    return exchange;
  }

  /** What clients ask. */
  Jobs jobs() {
    return jobs;
  }

  /** Begins, in the background. */
  void start() {
    if (!enabled) {
      return;
    }
    loops.every(ASK, this::ask);
    site.start();
    runner.start();
    upkeep.start();
    offloader.start();
  }

  /** On one event loop. */
  private void ask() {
    if (site.isUsed() || asks++ % IDLE_ASKS == 0) {
      peers.ask();
    }
  }

  @Override
  public void close() {
    offloader.close();
    upkeep.close();
    runner.close();
    site.close();
  }
}
