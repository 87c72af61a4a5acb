// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.transport.Streams;
import io.rhizome.mesh.v1.GossipPacket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What waits for one stream. */
class GossipStreamTest {
  private static final Endpoint AT = new Endpoint("127.0.0.1", 7700);
  private static final NodeId PEER = NodeId.ofPublicKey(new byte[] {1});
  private static final int PACKET_BYTES = 1_000;
  private static final int FIT = Streams.MAX_UNSENT_BYTES / PACKET_BYTES;

  private final Slow call = new Slow();

  /** Takes packets only where it is said to be ready. */
  private static final class Slow implements GossipStream.Call {
    final List<Byte> sent = new ArrayList<>();
    boolean ready;

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public void send(GossipPacket packet) {
      sent.add(packet.getSealed().byteAt(0));
    }

    @Override
    public void end() {
      ready = false;
    }
  }

  @Test
  void whileItOpensNoMoreThan64KibWaitAndTheRestIsLost() {
    GossipStream stream = GossipStream.dialled(call, AT, PEER);
    call.ready = true;
    send(stream, 0, FIT + 20);
    assertThat(call.sent).as("before it is open").isEmpty();
    stream.opened(PEER);
    stream.flush();
    assertThat(call.sent).containsExactlyElementsOf(numbers(0, FIT));
  }

  @Test
  void whereTheOtherEndIsSlowNoMoreWaitEither() {
    GossipStream stream = GossipStream.accepted(call, AT, PEER);
    send(stream, 0, 2 * FIT);
    call.ready = true;
    stream.flush();
    assertThat(call.sent).containsExactlyElementsOf(numbers(0, FIT));
  }

  @Test
  void whatWasSentMakesRoomAgain() {
    GossipStream stream = GossipStream.accepted(call, AT, PEER);
    send(stream, 0, FIT);
    call.ready = true;
    stream.flush();
    call.ready = false;
    send(stream, FIT, FIT + 1);
    call.ready = true;
    stream.flush();
    assertThat(call.sent).containsExactlyElementsOf(numbers(0, FIT + 1));
  }

  @Test
  void onceItIsOverNothingWaitsAndNothingIsSent() {
    GossipStream stream = GossipStream.accepted(call, AT, PEER);
    stream.end();
    call.ready = true;
    send(stream, 0, 3);
    stream.flush();
    assertThat(call.sent).isEmpty();
  }

  private static void send(GossipStream stream, int from, int to) {
    for (int number = from; number < to; number++) {
      byte[] packet = new byte[PACKET_BYTES];
      packet[0] = (byte) number;
      stream.send(packet);
    }
  }

  private static List<Byte> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(number -> (byte) number).toList();
  }
}
