// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.discovery;

import io.rhizome.gossip.Endpoint;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Those of one mesh that were heard on the local network, as seeds beside the configured ones. The
 * latest 64 nodes; one that is not heard any more stays, since it may come back. Any thread.
 */
final class LanSeeds implements Multicast.Listener {
  static final int MAX_NODES = 64;

  private final String mesh;
  private final String self;
  private final List<Endpoint> configured;
  private final Consumer<List<Endpoint>> seeds;
  private final Map<String, Endpoint> found = new LinkedHashMap<>();

  /** Calls {@code seeds} with all of them, each time that there are others. */
  LanSeeds(String mesh, String self, List<Endpoint> configured, Consumer<List<Endpoint>> seeds) {
    this.mesh = mesh;
    this.self = self;
    this.configured = List.copyOf(configured);
    this.seeds = seeds;
  }

  @Override
  public synchronized void heard(String theirMesh, String node, List<InetAddress> at, int port) {
    if (!theirMesh.equals(mesh) || node.equals(self) || at.isEmpty() || port < 1 || port > 65535) {
      return;
    }
    Endpoint endpoint = new Endpoint(at.get(0).getHostAddress(), port);
    Endpoint before = found.remove(node);
    found.put(node, endpoint);
    if (found.size() > MAX_NODES) {
      found.remove(found.keySet().iterator().next());
    }
    if (!endpoint.equals(before)) {
      List<Endpoint> all = new ArrayList<>(configured);
      found.values().stream().filter(seed -> !all.contains(seed)).forEach(all::add);
      seeds.accept(List.copyOf(all));
    }
  }
}
