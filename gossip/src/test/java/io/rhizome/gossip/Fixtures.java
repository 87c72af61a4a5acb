// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Nodes named by a number, with signatures that a test can tell from forgeries. */
public final class Fixtures {
  private Fixtures() {}

  public static NodeId id(int node) {
    return NodeId.ofPublicKey(("node " + node).getBytes(StandardCharsets.UTF_8));
  }

  public static Endpoint endpoint(int node) {
    return new Endpoint("n" + node, 7700);
  }

  public static Sender sender(int node) {
    return new Sender(id(node), endpoint(node), Sender.Link.DATAGRAM);
  }

  public static NodeState state(int node, int models) {
    SortedMap<String, String> labels = new TreeMap<>();
    labels.put("name", "n" + node);
    return new NodeState(
        endpoint(node), new Endpoint("n" + node, 8001), "", labels, residencies(1, models));
  }

  public static List<Residency> residencies(int from, int count) {
    List<Residency> held = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      held.add(new Residency("m" + i, 1, "%064x".formatted(i), Residency.State.READY));
    }
    return held;
  }

  /** Signs as that node; verifies all nodes. */
  public static RecordAuthority authority(int node) {
    return new RecordAuthority() {
      @Override
      public boolean admits(NodeId sender) {
        return true;
      }

      @Override
      public byte[] sign(byte[] record) {
        return signature(id(node), record);
      }

      @Override
      public boolean verify(NodeId owner, byte[] record, byte[] signature) {
        return Arrays.equals(signature, signature(owner, record));
      }
    };
  }

  private static byte[] signature(NodeId owner, byte[] record) {
    int hash = 31 * Arrays.hashCode(record) + owner.hashCode();
    return new byte[] {(byte) hash, (byte) (hash >> 8), (byte) (hash >> 16), (byte) (hash >> 24)};
  }

  static OwnRecords own(int node, int bootEpoch) {
    return new OwnRecords(id(node), bootEpoch, state(node, 0), authority(node));
  }

  /** What one node says against the first life of another. */
  static Accusation accusation(int accused, int accuser) {
    return accusation(accused, 1L << 32, accuser);
  }

  static Accusation accusation(int accused, long incarnation, int accuser) {
    return Accusation.sign(id(accused), incarnation, id(accuser), authority(accuser));
  }

  /** A record whose signature is wrong. */
  static SignedRecord forged(SignedRecord record) {
    return new SignedRecord(
        record.owner(), record.key(), record.version(), record.value(), Bytes.of(new byte[] {1}));
  }

  /** What a state machine said. */
  static final class Recorder implements Out {
    final List<Packet> packets = new ArrayList<>();
    final List<Packet> streamed = new ArrayList<>();
    final List<SwimEvent> events = new ArrayList<>();

    record Packet(Endpoint to, List<Message> messages) {}

    @Override
    public void send(Endpoint to, List<Message> packet) {
      packets.add(new Packet(to, packet));
    }

    @Override
    public void stream(NodeId to, Endpoint at, List<Message> packet) {
      streamed.add(new Packet(at, packet));
    }

    @Override
    public void streamToSeed(Endpoint at, List<Message> packet) {
      streamed.add(new Packet(at, packet));
    }

    @Override
    public void happened(SwimEvent event) {
      events.add(event);
    }

    List<Message> to(int node) {
      List<Message> messages = new ArrayList<>();
      for (Packet packet : packets) {
        if (packet.to().equals(endpoint(node))) {
          messages.addAll(packet.messages());
        }
      }
      return messages;
    }

    <T extends Message> List<T> to(int node, Class<T> type) {
      return to(node).stream().filter(type::isInstance).map(type::cast).toList();
    }

    void clear() {
      packets.clear();
      streamed.clear();
      events.clear();
    }
  }
}
