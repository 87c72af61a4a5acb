// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.discovery;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.jmdns.JmDNS;
import javax.jmdns.ServiceEvent;
import javax.jmdns.ServiceInfo;
import javax.jmdns.ServiceListener;

/** Multicast DNS by JmDNS: a service {@code _rhizome._udp}, its mesh and node in a TXT record. */
final class JmdnsMulticast implements Multicast {
  private static final String TYPE = "_rhizome._udp.local.";
  private static final String MESH = "mesh";
  private static final String NODE = "node";
  private static final int NAME_CHARACTERS = 16;

  @Override
  public AutoCloseable open(String mesh, String node, InetAddress at, int port, Listener listener)
      throws IOException {
    JmDNS dns = JmDNS.create(at);
    try {
      SortedMap<String, String> text = new TreeMap<>();
      text.put(MESH, mesh);
      text.put(NODE, node);
      String name = node.substring(0, Math.min(node.length(), NAME_CHARACTERS));
      dns.addServiceListener(TYPE, new Heard(dns, listener));
      dns.registerService(ServiceInfo.create(TYPE, name, port, 0, 0, text));
      return dns;
    } catch (IOException | RuntimeException e) {
      dns.close();
      throw e;
    }
  }

  private record Heard(JmDNS dns, Listener listener) implements ServiceListener {
    @Override
    public void serviceAdded(ServiceEvent event) {
      // Without waiting; what comes is resolved below.
      dns.requestServiceInfo(event.getType(), event.getName());
    }

    @Override
    public void serviceRemoved(ServiceEvent event) {
      // A seed that is gone may come back.
    }

    @Override
    public void serviceResolved(ServiceEvent event) {
      ServiceInfo info = event.getInfo();
      String mesh = info.getPropertyString(MESH);
      String node = info.getPropertyString(NODE);
      if (mesh != null && node != null) {
        listener.heard(mesh, node, List.of(info.getInetAddresses()), info.getPort());
      }
    }
  }
}
