// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.Message;
import io.rhizome.gossip.Sender;
import io.rhizome.gossip.transport.GossipCodec;
import io.rhizome.gossip.transport.MalformedPacketException;
import io.rhizome.gossip.transport.PacketSeal;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Carries packets between nodes as datagrams: format, seal, network, receiver. */
final class SimWire {
  /** IPv4 and UDP. */
  private static final int HEADER_BYTES = 20 + 8;

  private final Simulation simulation;
  private final SimNetwork network;
  private final SharedRecords records = new SharedRecords();
  private final CRC32C checksum = new CRC32C();
  private long packets;
  private long sentBytes;
  private long hash;

  SimWire(Simulation simulation, SimNetwork network) {
    this.simulation = simulation;
    this.network = network;
  }

  /** How many packets were sent, over streams too. */
  long packets() {
    return packets;
  }

  /** Of all nodes. */
  long sentBytes() {
    return sentBytes;
  }

  void countSent(int bytes) {
    sentBytes += bytes;
  }

  /** Over every packet sent, its time, ends and content. */
  long hash() {
    return hash;
  }

  /** Sends one datagram. */
  void send(SimNode from, Endpoint to, List<Message> packet) {
    byte[] bytes = pack(from, to, packet);
    int size = HEADER_BYTES + sealedBytes(from, bytes);
    from.countSent(size);
    SimHost target = network.find(to.host());
    if (target == null) {
      return;
    }
    long delay = network.datagramNanos(from.place(), target, size);
    if (delay != SimNetwork.LOST) {
      Datagram datagram = new Datagram(from, target, to, bytes, size);
      simulation.at(simulation.nowNanos() + delay, datagram);
      if (network.duplicates()) {
        simulation.at(
            simulation.nowNanos() + 2 * delay, new Datagram(from, target, to, bytes, size));
      }
    }
  }

  /** The bytes that travel, counted and hashed. */
  byte[] pack(SimNode from, Endpoint to, List<Message> packet) {
    byte[] content = GossipCodec.encode(packet);
    if (content.length + PacketSeal.OVERHEAD_BYTES > PacketSeal.MAX_PACKET_BYTES) {
      throw new IllegalStateException(
          "seed " + simulation.seed() + ": a packet of " + content.length + " bytes does not fit");
    }
    packets++;
    simulation.noteSend(from, to, packet);
    checksum.reset();
    checksum.update(content);
    long ends = (long) from.host().hashCode() << 32 | (to.host().hashCode() & 0xffffffffL);
    hash = 31 * (31 * (31 * hash + checksum.getValue()) + ends) + simulation.nowNanos();
    PacketSeal seal = from.seal();
    return seal == null ? content : seal.seal(content);
  }

  /** What such bytes say to a node; null where they do not open, which is counted there. */
  @Nullable List<Message> unpack(SimNode to, byte[] bytes) {
    ByteBuffer content = ByteBuffer.wrap(bytes);
    PacketSeal seal = to.seal();
    if (seal != null) {
      PacketSeal.Opened opened = seal.open(bytes);
      if (opened == null) {
        to.countRefused();
        return null;
      }
      content = opened.content().buffer();
    }
    try {
      List<Message> packet = GossipCodec.decode(content, to.names());
      packet.replaceAll(records::shared);
      return packet;
    } catch (MalformedPacketException e) {
      throw new IllegalStateException("seed " + simulation.seed() + ": own packet is malformed", e);
    }
  }

  /** The size of such bytes with the seal that they have, or would have. */
  static int sealedBytes(SimNode from, byte[] bytes) {
    return from.seal() == null ? bytes.length + PacketSeal.OVERHEAD_BYTES : bytes.length;
  }

  /** One datagram on its way. */
  private final class Datagram implements Runnable {
    private final SimNode from;
    private final SimHost target;
    private final Endpoint to;
    private final byte[] bytes;
    private final int size;
    private boolean waited;

    Datagram(SimNode from, SimHost target, Endpoint to, byte[] bytes, int size) {
      this.from = from;
      this.target = target;
      this.to = to;
      this.bytes = bytes;
      this.size = size;
    }

    @Override
    public void run() {
      SimNode receiver = target.node;
      if (receiver == null || !receiver.isRunning() || !to.equals(receiver.endpoint())) {
        return;
      }
      if (!waited) {
        long wait = network.arrivalNanos(target, size);
        if (wait == SimNetwork.LOST) {
          return;
        }
        if (wait > 0) {
          waited = true;
          simulation.at(simulation.nowNanos() + wait, this);
          return;
        }
      }
      receiver.countReceived(size);
      receiver.onDatagram(new Sender(from.id(), from.endpoint(), Sender.Link.DATAGRAM), bytes);
    }
  }
}
