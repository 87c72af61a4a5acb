// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.telemetry;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.Residency;
import io.rhizome.gossip.transport.GossipStats;
import io.rhizome.node.models.Transfers;
import io.rhizome.node.policy.PolicyStatus;
import io.rhizome.node.serving.Counters;
import io.rhizome.node.serving.ErrorCode;
import io.rhizome.node.serving.ModelCounters;
import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Load;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** Tells Micrometer where to read everything but Triton's metrics. */
final class Meters {
  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Metrics.Sources sources;

  Meters(Metrics.Sources sources) {
    this.sources = sources;
    bindRequests();
    bindRejections();
    bindLoad();
    bindModels();
    bindMembership();
    bindGossip();
    bindSpans();
    bindPolicy();
    bindProcess();
  }

  PrometheusMeterRegistry registry() {
    return registry;
  }

  private void bindRequests() {
    requests(Counters::served, "served");
    requests(Counters::forwarded, "forwarded");
    for (ErrorCode code : ErrorCode.values()) {
      requests(counters -> counters.failed(code), lower(code));
    }
    count("rhizome.hops", "Attempts sent to peers", Counters::hops);
    count("rhizome.retries", "Attempts after the first of a request", Counters::retries);
    count(
        "rhizome.ejections",
        "Times that a peer was left out because attempts there failed",
        Counters::ejections);
    registry.getPrometheusRegistry().register(new Latencies(sources.counters()));
  }

  private void requests(ToLongFunction<Counters> value, String outcome) {
    String help = "Requests that ended here: answered by this node, by a peer, or with an error";
    count("rhizome.requests", help, value, "outcome", outcome);
  }

  private void bindRejections() {
    String rejections = "rhizome.rejections";
    String help = "Attempts that were not answered, by where and why";
    for (Failure.Kind kind : Failure.Kind.values()) {
      String why = lower(kind);
      count(rejections, help, all -> all.rejectedHere(kind), "at", "here", "reason", why);
      count(rejections, help, all -> all.rejectedByPeers(kind), "at", "peer", "reason", why);
    }
  }

  private void bindLoad() {
    gauge("rhizome.in.flight", "Requests running and queued", () -> load().inFlight());
    gauge("rhizome.queue.depth", "Requests that wait for a worker", this::waiting);
    gauge("rhizome.in.flight.limit", "Requests accepted at once", () -> load().limit());
    gauge(
        "rhizome.queue.delay.seconds",
        "Estimated wait of a request that arrives now",
        () -> load().queueNanos() / NANOS);
    gauge(
        "rhizome.service.time.seconds",
        "Smoothed run time of one request",
        () -> load().serviceNanos() / NANOS);
  }

  private long waiting() {
    return sources.counters().models().values().stream().mapToLong(ModelCounters::pending).sum();
  }

  private void bindModels() {
    for (Residency.State state : Residency.State.values()) {
      Gauge.builder("rhizome.models", () -> models(state))
          .description("Versions of models on this node, by state")
          .tags("state", lower(state))
          .register(registry);
    }
    String transferred = "rhizome.transfer.bytes";
    String help = "Bytes of models that went from node to node";
    Transfers transfers = sources.transfers();
    count(transferred, help, transfers, Transfers::fetchedBytes, "direction", "in");
    count(transferred, help, transfers, Transfers::servedBytes, "direction", "out");
  }

  private long models(Residency.State state) {
    return sources.models().resident().stream().filter(held -> held.state() == state).count();
  }

  private void bindMembership() {
    for (Member.Status status : Member.Status.values()) {
      Gauge.builder("rhizome.members", () -> members(status))
          .description("Members of the mesh as this node sees them, itself included, by status")
          .tags("status", lower(status))
          .register(registry);
    }
  }

  private long members(Member.Status status) {
    return sources.membership().get().members().values().stream()
        .filter(member -> member.status() == status)
        .count();
  }

  private void bindGossip() {
    String packets = "rhizome.gossip.packets";
    gossip(packets, "Gossip datagrams", GossipStats::packetsIn, "direction", "in");
    gossip(packets, "Gossip datagrams", GossipStats::packetsOut, "direction", "out");
    String bytes = "rhizome.gossip.bytes";
    gossip(bytes, "Gossip payload bytes", GossipStats::bytesIn, "direction", "in");
    gossip(bytes, "Gossip payload bytes", GossipStats::bytesOut, "direction", "out");
    dropped(GossipStats::droppedNotSealed, "not_sealed");
    dropped(GossipStats::droppedIncompatible, "incompatible");
    dropped(GossipStats::droppedNotAuthentic, "not_authentic");
    dropped(GossipStats::droppedReplayed, "replayed");
    dropped(GossipStats::droppedMalformed, "malformed");
    dropped(GossipStats::droppedUnsent, "unsent");
    gossip(
        "rhizome.gossip.refutations",
        "Accusations of this node that it answered",
        stats -> stats.swim().refutations());
    gossip(
        "rhizome.gossip.records.rejected",
        "Records with a bad signature, owner or value",
        stats -> stats.swim().recordsRejected());
    gossip(
        "rhizome.gossip.accusations.doubted",
        "Accusations that made this node avoid nobody, their author having too many",
        stats -> stats.swim().accusationsDoubted());
    gossip(
        "rhizome.gossip.members.died",
        "Members declared dead here",
        stats -> stats.swim().membersDied());
  }

  private void bindSpans() {
    OtlpTracing tracing = sources.tracing();
    if (tracing != null) {
      String help = "Spans that ended at this node, by what became of them";
      count("rhizome.spans", help, tracing, OtlpTracing::exported, "outcome", "exported");
      count("rhizome.spans", help, tracing, OtlpTracing::failed, "outcome", "failed");
      count("rhizome.spans", help, tracing, OtlpTracing::dropped, "outcome", "dropped");
    }
  }

  private void bindPolicy() {
    Supplier<PolicyStatus> policy = sources.policy();
    gauge("rhizome.policy.version", "Policy version here", () -> policy.get().version());
    gauge(
        "rhizome.policy.age.seconds",
        "Since this node last knew that it had the newest policy; +Inf for never",
        () -> age(policy.get()));
    for (PolicyStatus.Role role : PolicyStatus.Role.values()) {
      Gauge.builder("rhizome.policy.role", () -> policy.get().role() == role ? 1 : 0)
          .description("1 for the role that this node has in policy")
          .tags("role", lower(role))
          .register(registry);
    }
  }

  private static double age(PolicyStatus status) {
    return status.ageNanos() == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : status.ageNanos() / 1e9;
  }

  private void bindProcess() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    LongSupplier rss = sources.rssBytes();
    gauge("rhizome.memory.rss.bytes", "Resident memory of the process", rss::getAsLong);
    gauge(
        "rhizome.memory.engine.bytes",
        "Resident memory that the JVM does not use itself: engines, models, buffers; an estimate",
        () ->
            Math.max(
                0,
                rss.getAsLong()
                    - memory.getHeapMemoryUsage().getUsed()
                    - memory.getNonHeapMemoryUsage().getUsed()));
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      FunctionTimer.builder(
              "jvm.gc.collections",
              collector,
              GarbageCollectorMXBean::getCollectionCount,
              GarbageCollectorMXBean::getCollectionTime,
              TimeUnit.MILLISECONDS)
          .description("Collections of garbage")
          .tags("gc", collector.getName())
          .register(registry);
    }
  }

  private Load load() {
    return sources.load().get();
  }

  private void count(String name, String help, ToLongFunction<Counters> value, String... tags) {
    count(name, help, sources.counters(), value, tags);
  }

  private void gossip(String name, String help, ToLongFunction<GossipStats> value, String... tags) {
    count(name, help, sources, from -> value.applyAsLong(from.gossip().get()), tags);
  }

  private <T> void count(
      String name, String help, T from, ToLongFunction<T> value, String... tags) {
    FunctionCounter.builder(name, from, value::applyAsLong)
        .description(help)
        .tags(tags)
        .register(registry);
  }

  private void dropped(ToLongFunction<GossipStats> value, String reason) {
    gossip("rhizome.gossip.dropped", "Gossip datagrams dropped, by why", value, "reason", reason);
  }

  private void gauge(String name, String help, Supplier<Number> value) {
    Gauge.builder(name, value).description(help).register(registry);
  }

  private static String lower(Enum<?> kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
