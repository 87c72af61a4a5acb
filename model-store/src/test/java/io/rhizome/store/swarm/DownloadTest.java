// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import io.rhizome.store.Chunk;
import io.rhizome.store.ChunkIndex;
import io.rhizome.store.Digest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DownloadTest {
  private static final int CHUNK_BYTES = 1000;
  private static final DownloadConfig CONFIG = new DownloadConfig(4, 3, 1000, 100, 2);

  private final NodeId one = node(1);
  private final NodeId two = node(2);

  @Test
  void asksWithinTheBoundsPerPeerAndInAll() {
    assertThat(asks(download(9).onPeers(0, List.of(one)))).hasSize(2);

    List<Step.Ask> asks = asks(download(9).onPeers(0, List.of(one, two)));
    assertThat(asks).extracting(Step.Ask::chunk).containsExactly(0, 1, 2);
    assertThat(asks).extracting(Step.Ask::peer).contains(one, two);
  }

  @Test
  void asksMoreOfAPeerThatDeliversUpToTheBound() {
    Download download = download(new BitSet(), 20, new DownloadConfig(4, 16, 1000, 100, 2), 0);
    List<Step.Ask> open = new ArrayList<>(asks(download.onPeers(0, List.of(one))));
    for (int expected : new int[] {3, 4, 4}) {
      open.addAll(asks(download.onChunk(1, open.remove(0), false)));
      assertThat(open).hasSize(expected);
    }
    assertThat(download.peersAsked()).isEqualTo(1);
  }

  @Test
  void asksForTheNextChunkWhenOneArrivesAndCompletesWithTheLast() {
    Download download = download(4);
    List<Step.Ask> asks = asks(download.onPeers(0, List.of(one)));

    List<Step> next = download.onChunk(1, asks.get(1), false);
    assertThat(asks(next)).extracting(Step.Ask::chunk).containsExactly(2, 3);
    assertThat(download.onChunk(2, asks.get(0), false)).isEmpty();
    assertThat(download.onChunk(3, asks(next).get(0), false)).isEmpty();
    assertThat(download.onChunk(3, asks(next).get(1), false)).containsExactly(new Step.Complete());
    assertThat(download.onTick(4)).isEmpty();
  }

  @Test
  void asksForNothingThatIsHereAlready() {
    BitSet here = new BitSet();
    here.set(0, 2);
    assertThat(asks(download(here, 3, CONFIG, 0).onPeers(0, List.of(one))))
        .extracting(Step.Ask::chunk)
        .containsExactly(2);
    here.set(2);
    assertThat(download(here, 3, CONFIG, 0).onPeers(0, List.of()))
        .containsExactly(new Step.Complete());
    assertThat(download(0).onTick(0)).containsExactly(new Step.Complete());
  }

  @Test
  void aPeerThatLiesIsAskedNoMoreAndItsChunksAreAskedElsewhere() {
    Download download = download(new BitSet(), 4, new DownloadConfig(4, 2, 1000, 100, 2), 0);
    List<Step.Ask> asks = asks(download.onPeers(0, List.of(one, two)));
    Step.Ask lie = asks.get(0);

    List<Step> steps = download.onWrongBytes(1, lie);

    assertThat(asks(steps)).extracting(Step.Ask::chunk).contains(lie.chunk());
    assertThat(asks(steps)).extracting(Step.Ask::peer).doesNotContain(lie.peer());
    for (Step.Ask other : asks) {
      if (!other.equals(lie) && other.peer().equals(lie.peer())) {
        assertThat(steps).contains(new Step.Cancel(other));
      }
    }
    assertThat(download.onPeers(2, List.of(one, two))).isEmpty();
  }

  @Test
  void failsWhenTheOnlyPeerLiesAndSaysSo() {
    Download download = download(4);
    Step.Ask ask = asks(download.onPeers(0, List.of(one))).get(0);

    assertThat(download.onWrongBytes(1, ask))
        .last()
        .isEqualTo(new Step.Failed(one.shortName() + " sent wrong bytes"));
  }

  @Test
  void aPeerThatFailsRestsAndIsOutAfterItsLastFailure() {
    Download download = download(1);
    Step.Ask first = asks(download.onPeers(0, List.of(one))).get(0);

    assertThat(download.onFailure(10, first, "reset")).isEmpty();
    assertThat(download.nextDeadlineNanos()).isEqualTo(110);
    Step.Ask again = asks(download.onTick(110)).get(0);
    assertThat(again.chunk()).isZero();

    assertThat(download.onFailure(120, again, "reset"))
        .containsExactly(new Step.Failed(one.shortName() + ": reset"));
  }

  @Test
  void allThatFailsAtOnceCountsOnce() {
    Download download = download(9);
    List<Step.Ask> asks = asks(download.onPeers(0, List.of(one)));

    download.onFailure(10, asks.get(0), "connection lost");
    assertThat(download.onFailure(11, asks.get(1), "connection lost")).isEmpty();
    assertThat(asks(download.onTick(110))).as("a halved window").hasSize(1);
  }

  @Test
  void aChunkThatArrivesForgivesEarlierFailures() {
    Download download = download(3);
    List<Step.Ask> asks = asks(download.onPeers(0, List.of(one)));
    download.onFailure(1, asks.get(0), "reset");
    download.onChunk(2, asks.get(1), false);
    Step.Ask again = asks(download.onTick(200)).get(0);

    assertThat(download.onFailure(201, again, "reset")).isEmpty();
  }

  @Test
  void aStalledChunkIsCancelledAndAskedElsewhereAndItsLateAnswerIsNotUsed() {
    Download download = download(1);
    Step.Ask first = asks(download.onPeers(0, List.of(one, two))).get(0);
    assertThat(download.onTick(999)).isEmpty();

    List<Step> steps = download.onTick(1000);

    assertThat(steps.get(0)).isEqualTo(new Step.Cancel(first));
    assertThat(asks(steps)).singleElement().extracting(Step.Ask::peer).isNotEqualTo(first.peer());
    assertThat(download.onChunk(1001, first, false)).isEmpty();
    assertThat(download.onChunk(1002, asks(steps).get(0), false))
        .containsExactly(new Step.Complete());
  }

  @Test
  void whatWasAskedOfAPeerThatLeftIsAskedElsewhereAndOneThatComesIsAsked() {
    Download download = download(2);
    Step.Ask orphan = asks(download.onPeers(0, List.of(one))).get(0);

    List<Step> steps = download.onPeers(1, List.of(two));

    assertThat(steps).contains(new Step.Cancel(orphan));
    assertThat(asks(steps)).extracting(Step.Ask::chunk).containsExactly(0, 1);
    assertThat(asks(steps)).extracting(Step.Ask::peer).containsOnly(two);
    assertThat(download.onPeers(2, List.of()))
        .last()
        .isEqualTo(new Step.Failed(two.shortName() + " left"));
  }

  @Test
  void asksForOneChunkAtATimeWhileRequestsWaitHere() {
    Download download = download(9);
    download.requestsWait(true);
    List<Step.Ask> asks = asks(download.onPeers(0, List.of(one, two)));
    assertThat(asks).hasSize(1);
    assertThat(asks(download.onChunk(1, asks.get(0), false))).hasSize(1);

    download.requestsWait(false);
    assertThat(asks(download.onTick(2))).hasSize(2);
  }

  @Test
  void asksOneAtATimeOfAPeerWhereRequestsWait() {
    Download download = download(9);
    List<Step.Ask> asks = asks(download.onPeers(0, List.of(one)));
    assertThat(asks).hasSize(2);

    assertThat(download.onChunk(1, asks.get(0), true)).isEmpty();
    Step.Ask next = asks(download.onChunk(2, asks.get(1), true)).get(0);
    assertThat(asks(download.onChunk(3, next, false))).hasSizeGreaterThan(1);
  }

  @Test
  void keepsToTheRateOverTime() {
    DownloadConfig wide = new DownloadConfig(8, 8, 1L << 40, 100, 2);
    Download download = download(new BitSet(), 100, wide, 10_000);
    long now = 0;
    int arrived = 0;
    List<Step> steps = download.onPeers(now, List.of(one));
    while (arrived < 50) {
      List<Step> next = new ArrayList<>();
      for (Step.Ask ask : asks(steps)) {
        next.addAll(download.onChunk(now, ask, false));
        arrived++;
      }
      if (next.isEmpty()) {
        now = download.nextDeadlineNanos();
        next.addAll(download.onTick(now));
      }
      steps = next;
    }
    assertThat(now / 1e9).isBetween(4.7, 5.1);
  }

  private static Download download(int chunks) {
    return download(new BitSet(), chunks, CONFIG, 0);
  }

  private static Download download(BitSet here, int chunks, DownloadConfig config, long rate) {
    List<Chunk> all = new ArrayList<>();
    for (int i = 0; i < chunks; i++) {
      all.add(new Chunk((long) i * CHUNK_BYTES, CHUNK_BYTES, Digest.sha256(new byte[] {(byte) i})));
    }
    return new Download(new ChunkIndex(all), here, config, new RateCap(rate, 0), new Random(1), 0);
  }

  private static NodeId node(int number) {
    byte[] bytes = new byte[NodeId.BYTES];
    bytes[0] = (byte) number;
    return NodeId.of(bytes);
  }

  private static List<Step.Ask> asks(List<Step> steps) {
    return steps.stream().filter(Step.Ask.class::isInstance).map(Step.Ask.class::cast).toList();
  }
}
