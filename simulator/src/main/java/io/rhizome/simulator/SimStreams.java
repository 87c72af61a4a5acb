// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The streams of one node: those it dialled and those it accepted, at most 64. */
final class SimStreams {
  private static final int MAX_STREAMS = 64;
  private static final int FIRST_PORT = 32_768;
  private static final int PORTS = 28_000;

  private final Simulation simulation;
  private final SimNode node;
  private final SortedMap<NodeId, SimStream> open = new TreeMap<>();
  private final List<SimStream> dialling = new ArrayList<>();
  private int dialled;

  SimStreams(Simulation simulation, SimNode node) {
    this.simulation = simulation;
    this.node = node;
  }

  /** Over the open stream with that member, or one that is dialled. */
  void send(NodeId to, Endpoint at, byte[] bytes) {
    SimStream stream = open.get(to);
    (stream != null ? stream : dial(at, to)).send(node, bytes);
  }

  /** Over a stream that is dialled to whoever answers at that address. */
  void sendToSeed(Endpoint at, byte[] bytes) {
    for (SimStream stream : open.values()) {
      if (stream.isDialledBy(node) && stream.at().equals(at)) {
        stream.send(node, bytes);
        return;
      }
    }
    dial(at, null).send(node, bytes);
  }

  int size() {
    return open.size();
  }

  @Nullable SimStream with(NodeId other) {
    return open.get(other);
  }

  void onOpen(NodeId other, SimStream stream) {
    dialling.remove(stream);
    open.put(other, stream);
    if (open.size() > MAX_STREAMS) {
      leastUsed(stream).close();
    }
  }

  void remove(SimStream stream) {
    dialling.remove(stream);
    open.values().remove(stream);
  }

  /** The node stopped. */
  void closeAll() {
    List.copyOf(dialling).forEach(SimStream::close);
    List.copyOf(open.values()).forEach(SimStream::close);
  }

  private SimStream dial(Endpoint at, @Nullable NodeId expected) {
    for (SimStream stream : dialling) {
      if (stream.at().equals(at)) {
        return stream;
      }
    }
    if (dialling.size() >= MAX_STREAMS) {
      dialling.get(0).close();
    }
    SimHost target = simulation.network().host(at.host());
    int port = FIRST_PORT + dialled++ % PORTS;
    SimStream stream = new SimStream(simulation, node, port, target, at, expected);
    dialling.add(stream);
    return stream;
  }

  private SimStream leastUsed(SimStream but) {
    SimStream least = null;
    for (SimStream stream : open.values()) {
      if (stream != but && (least == null || stream.usedNanos() < least.usedNanos())) {
        least = stream;
      }
    }
    return least == null ? but : least;
  }
}
