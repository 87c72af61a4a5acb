// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.SwimEvent;
import io.rhizome.gossip.transport.GossipLoop;
import io.rhizome.gossip.transport.NoStreams;
import io.rhizome.gossip.transport.PacketSeal;
import io.rhizome.simulator.SimAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    DIED;

    /** What an event says of another node; null where it says none of these. */
    public static @Nullable Kind of(SwimEvent event) {
      if (event instanceof SwimEvent.Joined) {
        return JOINED;
      } else if (event instanceof SwimEvent.Suspected) {
        return SUSPECTED;
      }
      return event instanceof SwimEvent.Died ? DIED : null;
    }
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
                new SimAuthority(id(number)),
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
    Kind kind = Kind.of(event);
    if (kind != null && event instanceof SwimEvent.OfMember about) {
      Integer number = numbers.get(about.id());
      Instant now = Instant.now();
      long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
      if (number != null) {
        System.out.println(nanos + " " + kind + " " + number);
      }
    }
  }
}
