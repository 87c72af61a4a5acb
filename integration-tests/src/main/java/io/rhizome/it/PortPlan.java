// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.random.RandomGenerator;

/**
 * Which loopback ports the nodes of a mesh use: node i, counted from 1, is {@code (i - 1) * step}
 * above the first node's.
 *
 * @param api first node's public gRPC port, TCP
 * @param http first node's public HTTP port, TCP
 * @param mesh first node's mesh port, TCP and UDP
 * @param step distance between neighbours
 */
public record PortPlan(int api, int http, int mesh, int step) {
  /** Below the range that Linux takes ephemeral ports from. */
  private static final int LOWEST = 20_000;

  private static final int HIGHEST = 32_000;
  private static final int STEP = 10;
  private static final int HTTP_OFFSET = 2;
  private static final int MESH_OFFSET = 5;
  private static final int ATTEMPTS = 200;

  /** The ports the documentation names where all are free, else any free ones. */
  public static PortPlan preferDocumented(int nodes, RandomGenerator random) {
    PortPlan documented = new PortPlan(8001, 8000, 7700, STEP);
    return documented.isFree(nodes) ? documented : free(nodes, random);
  }

  /** Ports that were free a moment ago; {@link IllegalStateException} if none were found. */
  public static PortPlan free(int nodes, RandomGenerator random) {
    for (int i = 0; i < ATTEMPTS; i++) {
      int base = random.nextInt(LOWEST, HIGHEST - nodes * STEP);
      PortPlan plan = new PortPlan(base, base + HTTP_OFFSET, base + MESH_OFFSET, STEP);
      if (plan.isFree(nodes)) {
        return plan;
      }
    }
    throw new IllegalStateException("no " + nodes + " free ports in " + ATTEMPTS + " attempts");
  }

  /** The public gRPC port of node i, counted from 1. */
  public int api(int i) {
    return api + (i - 1) * step;
  }

  /** The public HTTP port of node i, counted from 1. */
  public int http(int i) {
    return http + (i - 1) * step;
  }

  /** The mesh port of node i, counted from 1. */
  public int mesh(int i) {
    return mesh + (i - 1) * step;
  }

  /** The port of node i, counted from 1, that jobs' store is found at. */
  public int jobs(int i) {
    return mesh(i) + 1;
  }

  /** The port of node i, counted from 1, that jobs' store sends its data to. */
  public int jobsData(int i) {
    return mesh(i) + 2;
  }

  /** Whether the first {@code nodes} nodes could bind now. */
  public boolean isFree(int nodes) {
    for (int i = 1; i <= nodes; i++) {
      if (!tcpFree(api(i)) || !tcpFree(http(i)) || !tcpFree(mesh(i)) || !udpFree(mesh(i))) {
        return false;
      }
      if (!tcpFree(jobs(i)) || !tcpFree(jobsData(i))) {
        return false;
      }
    }
    return true;
  }

  /** One TCP port of loopback that was free a moment ago. */
  public static int freeTcpPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean tcpFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean udpFree(int port) {
    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
      return socket.isBound();
    } catch (SocketException e) {
      return false;
    }
  }
}
