// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.RecordAuthority;
import io.rhizome.gossip.SwimEvent;
import io.rhizome.gossip.transport.GossipLoop;
import io.rhizome.gossip.transport.NoStreams;
import io.rhizome.gossip.transport.PacketSeal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One node that gossips and does nothing else: {@code NUMBER NODES FIRST_PORT BOOT_EPOCH}. Node i,
 * from 1, is on the i-th port of loopback; all have the settings that ship. Prints what it notices,
 * {@code NANOS_SINCE_1970 KIND NUMBER}, and ends when its standard input does. Its signatures are
 * hashes, which is enough among the honest.
 */
public final class GossipProcess {
  private static final int SEEDS = 3;

  private GossipProcess() {}

  /** What is noticed of another node. */
  public enum Kind {
    /** It is new, or back. */
    JOINED,
    /** It missed its probes. */
    SUSPECTED,
    /** It did not refute. */
    DIED
  }

  /** See the class. */
  public static void main(String[] args) throws IOException {
    int number = Integer.parseInt(args[0]);
    int nodes = Integer.parseInt(args[1]);
    int firstPort = Integer.parseInt(args[2]);
    Map<NodeId, Integer> numbers = new TreeMap<>();
    IntStream.rangeClosed(1, nodes).forEach(i -> numbers.put(id(i), i));
    Endpoint self = endpoint(firstPort, number);
    TreeMap<String, String> labels = new TreeMap<>();
    labels.put("name", "n" + number);
    GossipLoop loop =
        GossipLoop.start(
            new GossipLoop.Settings(
                id(number),
                self,
                GossipConfig.defaults(),
                Bytes.of(new byte[PacketSeal.KEY_BYTES]),
                new HashAuthority(id(number)),
                Integer.parseInt(args[3]),
                new NodeState(self, self, "", labels, List.of()),
                IntStream.rangeClosed(1, SEEDS)
                    .filter(seed -> seed != number)
                    .mapToObj(seed -> endpoint(firstPort, seed))
                    .toList(),
                new Random(),
                "gossip-real",
                new NoStreams(),
                event -> print(numbers, event)));
    while (System.in.read() >= 0) {}
    loop.close();
  }

  private static Endpoint endpoint(int firstPort, int number) {
    return new Endpoint("127.0.0.1", firstPort + number - 1);
  }

  private static NodeId id(int number) {
    return NodeId.ofPublicKey(("gossip-real " + number).getBytes(StandardCharsets.UTF_8));
  }

  private static void print(Map<NodeId, Integer> numbers, SwimEvent event) {
    if (event instanceof SwimEvent.Joined joined) {
      print(Kind.JOINED, numbers.get(joined.id()));
    } else if (event instanceof SwimEvent.Suspected suspected) {
      print(Kind.SUSPECTED, numbers.get(suspected.id()));
    } else if (event instanceof SwimEvent.Died died) {
      print(Kind.DIED, numbers.get(died.id()));
    }
  }

  private static void print(Kind kind, @Nullable Integer number) {
    if (number != null) {
      Instant now = Instant.now();
      System.out.println(
          (now.getEpochSecond() * 1_000_000_000L + now.getNano()) + " " + kind + " " + number);
    }
  }

  /** Signs with a hash of owner and record. */
  private record HashAuthority(NodeId self) implements RecordAuthority {
    @Override
    public boolean admits(NodeId sender) {
      return true;
    }

    @Override
    public byte[] sign(byte[] record) {
      return hash(self, record);
    }

    @Override
    public boolean verify(NodeId owner, byte[] record, byte[] signature) {
      return MessageDigest.isEqual(signature, hash(owner, record));
    }

    private static byte[] hash(NodeId owner, byte[] record) {
      try {
        return MessageDigest.getInstance("SHA-256")
            .digest(
                ByteBuffer.allocate(NodeId.BYTES + record.length)
                    .put(owner.bytes())
                    .put(record)
                    .array());
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }
  }
}
