// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import io.rhizome.store.Chunk;
import io.rhizome.store.ChunkIndex;
import io.rhizome.store.Digest;
import io.rhizome.store.swarm.Download;
import io.rhizome.store.swarm.DownloadConfig;
import io.rhizome.store.swarm.RateCap;
import io.rhizome.store.swarm.Step;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The shipped {@link Download} over a network that loses packets, with a peer that lies, a peer
 * that dies, and a crash of the downloading node itself.
 */
class DownloadSimulationTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int CHUNKS = 400;
  private static final DownloadConfig CONFIG = new DownloadConfig(4, 12, SECOND, SECOND / 10, 8);

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void completesDespiteLossALiarADeathAndACrash(long seed) {
    Run run = new Run(seed);
    run.toTheEnd();

    assertThat(run.end).as("seed %d", seed).isEqualTo("Complete[]");
    assertThat(run.here.cardinality()).as("seed %d", seed).isEqualTo(CHUNKS);
    assertThat(run.lies).as("lives in which the liar is caught once, seed %d", seed).isEqualTo(2);
    assertThat(run.time.nowNanos()).as("seed %d", seed).isLessThan(300 * SECOND);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2})
  void theSameSeedTakesTheSameSteps(long seed) {
    Run run = new Run(seed);
    run.toTheEnd();
    Run again = new Run(seed);
    again.toTheEnd();

    assertThat(again.trace).isEqualTo(run.trace);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void neverAsksMoreThanItsBounds(long seed) {
    Run run = new Run(seed);
    run.toTheEnd();

    assertThat(run.mostOpen).isBetween(CONFIG.maxPerPeer(), CONFIG.maxInFlight());
    assertThat(run.mostOpenAtOnePeer).isLessThanOrEqualTo(CONFIG.maxPerPeer());
  }

  /** One file, five peers: 0 lies, 1 dies and comes back, and the node crashes halfway. */
  private static final class Run {
    final VirtualTime time = new VirtualTime();
    final EventQueue events = new EventQueue(time);
    final Random random;
    final SimNetwork network;
    final ChunkIndex index = index();
    final List<NodeId> peers = new ArrayList<>();
    final List<String> trace = new ArrayList<>();
    final BitSet here = new BitSet();
    final List<Step.Ask> open = new ArrayList<>();
    List<NodeId> holders;
    Download download;
    String end = "";
    int life;
    int lies;
    int mostOpen;
    int mostOpenAtOnePeer;

    Run(long seed) {
      random = new Random(seed);
      network = new SimNetwork(time, new Random(random.nextLong()));
      network.loss(0.02);
      for (int i = 0; i < 5; i++) {
        byte[] id = new byte[NodeId.BYTES];
        id[0] = (byte) i;
        peers.add(NodeId.of(id));
      }
      holders = peers;
      download = begin();
    }

    private static ChunkIndex index() {
      List<Chunk> chunks = new ArrayList<>();
      for (int i = 0; i < CHUNKS; i++) {
        chunks.add(new Chunk((long) i << 20, 1 << 20, Digest.sha256(new byte[] {(byte) i})));
      }
      return new ChunkIndex(chunks);
    }

    private Download begin() {
      Random choices = new Random(random.nextLong());
      return new Download(index, here, CONFIG, new RateCap(0, 0), choices, time.nowNanos());
    }

    void toTheEnd() {
      NodeId mortal = peers.get(1);
      events.at(SECOND / 5, () -> network.partition(List.of(mortal.toString()), List.of("self")));
      events.at(3 * SECOND, () -> view(peers.stream().filter(p -> !p.equals(mortal)).toList()));
      events.at(6 * SECOND, network::heal);
      events.at(7 * SECOND, () -> view(peers));
      view(peers);
      tick(0);
      for (long now = SECOND; end.isEmpty() && now < 300 * SECOND; now += SECOND) {
        events.runUntil(now);
      }
    }

    private void view(List<NodeId> now) {
      holders = now;
      act(download.onPeers(time.nowNanos(), holders));
    }

    private void tick(int ofLife) {
      if (end.isEmpty() && ofLife == life) {
        act(download.onTick(time.nowNanos()));
        long next = Math.max(time.nowNanos() + 1, download.nextDeadlineNanos());
        events.at(next, () -> tick(ofLife));
      }
    }

    /** What was written stays and is never asked for again; what was on its way is lost. */
    private void crash() {
      life++;
      open.clear();
      download = begin();
      act(download.onPeers(time.nowNanos(), holders));
      tick(life);
    }

    private void act(List<Step> steps) {
      for (Step step : steps) {
        trace.add(time.nowNanos() + " " + step);
        if (step instanceof Step.Ask ask) {
          assertThat(here.get(ask.chunk())).as("asked for what is here").isFalse();
          open.add(ask);
          count(ask.peer());
          send(ask, life);
        } else if (step instanceof Step.Cancel cancel) {
          open.remove(cancel.ask());
        } else {
          end = step.toString();
        }
      }
    }

    private void count(NodeId peer) {
      mostOpen = Math.max(mostOpen, open.size());
      int there = (int) open.stream().filter(ask -> ask.peer().equals(peer)).count();
      mostOpenAtOnePeer = Math.max(mostOpenAtOnePeer, there);
    }

    private void send(Step.Ask ask, int ofLife) {
      String peer = ask.peer().toString();
      OptionalLong there = network.delayNanos("self", peer);
      OptionalLong back = network.delayNanos(peer, "self");
      if (there.isPresent() && back.isPresent()) {
        long at = time.nowNanos() + there.getAsLong() + back.getAsLong();
        events.at(at, () -> arrive(ask, ofLife));
      }
    }

    private void arrive(Step.Ask ask, int ofLife) {
      if (ofLife != life || !open.remove(ask)) {
        return;
      }
      if (ask.peer().equals(peers.get(0))) {
        lies++;
        act(download.onWrongBytes(time.nowNanos(), ask));
        return;
      }
      here.set(ask.chunk());
      act(download.onChunk(time.nowNanos(), ask, false));
      if (life == 0 && here.cardinality() == CHUNKS / 2) {
        crash();
      }
    }
  }
}
