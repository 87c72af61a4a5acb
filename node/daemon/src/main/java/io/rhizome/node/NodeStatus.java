// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.executor.LocalExecutor;
import io.rhizome.node.serving.Serving;
import io.rhizome.scheduler.Load;
import io.rhizome.v1.StatusResponse;
import java.util.concurrent.TimeUnit;

/** What a node tells its operators of itself. Any thread. */
final class NodeStatus {
  private final long startedNanos = System.nanoTime();
  private final NodeId id;
  private final Presence presence;
  private final Membership membership;
  private final Serving serving;
  private final LocalExecutor executor;

  NodeStatus(
      NodeId id,
      Presence presence,
      Membership membership,
      Serving serving,
      LocalExecutor executor) {
    this.id = id;
    this.presence = presence;
    this.membership = membership;
    this.serving = serving;
    this.executor = executor;
  }

  StatusResponse now() {
    Load load = serving.load();
    MembershipView view = membership.get();
    long usable =
        view.members().values().stream().filter(member -> member.status().usable()).count();
    return StatusResponse.newBuilder()
        .setNodeId(id.toString())
        .setName(presence.labels().getOrDefault("name", id.shortName()))
        .setVersion(Node.VERSION)
        .setUptimeMillis(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos))
        .setMeshAddress(presence.mesh().toString())
        .setApiAddress(presence.api().toString())
        .setMembersUsable((int) usable)
        .setMembersKnown(view.members().size())
        .setInFlight(load.inFlight())
        .setLimit(load.limit())
        .setQueueMicros(TimeUnit.NANOSECONDS.toMicros(load.queueNanos()))
        .setServiceMicros(TimeUnit.NANOSECONDS.toMicros(load.serviceNanos()))
        .setRssBytes(ProcessMemory.rssBytes())
        .setServed(serving.counters().served())
        .setForwarded(serving.counters().forwarded())
        .setFailed(serving.counters().failed())
        .setRetries(serving.counters().retries())
        .addAllEngines(executor.engines())
        .build();
  }
}
