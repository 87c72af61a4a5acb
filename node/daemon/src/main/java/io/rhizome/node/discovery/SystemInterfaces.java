// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.discovery;

import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** As the operating system says. */
public final class SystemInterfaces implements Interfaces {
  // Addresses for documentation, RFC 5737 and RFC 3849: no network is more specific than the
  // default route for them. Connecting a datagram socket sends nothing; it picks a route.
  private static final String ANYWHERE_IPV4 = "192.0.2.1";
  private static final String ANYWHERE_IPV6 = "2001:db8::1";
  private static final int ANY_PORT = 9;

  @Override
  public @Nullable InetAddress routed(boolean ipv6) {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(ipv6 ? ANYWHERE_IPV6 : ANYWHERE_IPV4, ANY_PORT));
      InetAddress local = socket.getLocalAddress();
      return local.isAnyLocalAddress() || local.isLoopbackAddress() ? null : local;
    } catch (SocketException | UncheckedIOException e) {
      return null;
    }
  }

  @Override
  public List<InetAddress> all() {
    List<InetAddress> addresses = new ArrayList<>();
    try {
      NetworkInterface.networkInterfaces()
          .filter(SystemInterfaces::isUp)
          .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
          .forEach(found -> found.inetAddresses().forEach(addresses::add));
    } catch (SocketException e) {
      return List.of();
    }
    return addresses;
  }

  private static boolean isUp(NetworkInterface found) {
    try {
      return found.isUp();
    } catch (SocketException e) {
      return false;
    }
  }
}
