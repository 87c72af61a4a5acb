// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.Residency;
import io.rhizome.gossip.transport.GossipLoop;
import io.rhizome.node.config.NodeConfig;
import io.rhizome.node.discovery.LanDiscovery;
import io.rhizome.node.discovery.OwnAddress;
import io.rhizome.node.identity.admission.PolicyAdmitted;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where this node is reached and what it says of itself to the mesh: its addresses, which may
 * change while it runs, its cell and labels and what it holds. Any thread.
 */
final class Presence {
  private final NodeConfig config;
  private final OwnAddress address;
  private final SortedMap<String, String> labels;
  private @Nullable GossipLoop gossip;
  private @Nullable LanDiscovery lan;
  private List<Residency> held = List.of();

  Presence(NodeConfig config, OwnAddress address, SortedMap<String, String> labels) {
    this.config = config;
    this.address = address;
    this.labels = labels;
  }

  /** What it says of itself: as configured, then as admitted; and what people call it. */
  static SortedMap<String, String> labels(NodeConfig config, NodeId id, PolicyAdmitted admitted) {
    SortedMap<String, String> all = new TreeMap<>(config.labels());
    all.putAll(admitted.labels(id));
    String name =
        config.name().isEmpty() ? admitted.name(id).orElse(id.shortName()) : config.name();
    all.put("name", name);
    return all;
  }

  SortedMap<String, String> labels() {
    return labels;
  }

  /** Where peers reach it. */
  Endpoint mesh() {
    return config.mesh().advertised(address.host());
  }

  /** Where clients reach it. */
  Endpoint api() {
    return config.api().advertised(address.host());
  }

  /** The configured seeds but itself. */
  List<Endpoint> otherSeeds() {
    return config.seeds().stream().filter(seed -> !seed.equals(mesh())).toList();
  }

  synchronized NodeState state() {
    return new NodeState(mesh(), api(), config.cell(), labels, held);
  }

  /** From now on the mesh, and the local network if it is looked at, are told what changes. */
  synchronized void tell(GossipLoop mesh, @Nullable LanDiscovery network) {
    gossip = mesh;
    lan = network;
    if (config.mesh().advertise().isEmpty() || config.api().advertise().isEmpty()) {
      address.watch(this::publish);
    }
    publish();
  }

  /** What it holds. */
  synchronized void hold(List<Residency> loaded) {
    held = loaded;
    GossipLoop told = gossip;
    if (told != null) {
      told.publish(state());
    }
  }

  private synchronized void publish() {
    hold(held);
    LanDiscovery network = lan;
    if (network != null) {
      NodeConfig.Listen listen = config.mesh();
      // The address of the interface that listens, not a name for it.
      String host = listen.onAny() ? address.host() : listen.bind();
      network.at(new Endpoint(host, listen.port()));
    }
  }
}
