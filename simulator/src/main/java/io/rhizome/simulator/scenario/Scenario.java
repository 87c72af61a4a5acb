// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.scenario;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.rhizome.gossip.GossipConfig;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A mesh, what happens to it, and what must hold. All nodes start at once, through the first two as
 * seeds; then the timeline runs. Durations are written as {@code 500ms}, {@code 30s}, {@code 5m},
 * {@code 1h}; shares as {@code 30%} or {@code 0.3}.
 *
 * @param name one word
 * @param about one sentence: what it shows
 * @param nodes how many there are at the start, 2 to 5,000; named {@code n00} to {@code n19} where
 *     there are 20
 * @param network what the links are like
 * @param gossip settings that differ from {@link GossipConfig#defaults()}
 * @param sealed whether packets are sealed, which costs time; without, their size is the same
 * @param timeline what happens when, in any order
 * @param duration how long it runs
 * @param mode whether all faults end then and the mesh must come together
 * @param convergeWithin how long it may take for that
 * @param expect what must hold of the whole run
 */
@JsonIgnoreProperties("kind")
public record Scenario(
    String name,
    String about,
    int nodes,
    Network network,
    GossipConfig gossip,
    boolean sealed,
    List<Step> timeline,
    Duration duration,
    Mode mode,
    Duration convergeWithin,
    Expect expect)
    implements AnyScenario {
  private static final int MAX_NODES = 5_000;

  /** What is demanded of a run. */
  public enum Mode {
    /** What must hold whatever goes wrong. */
    SAFETY,
    /** That too; and at the end all faults stop, and the mesh must come together. */
    LIVENESS
  }

  /**
   * Fills in what the file left out.
   *
   * @throws IllegalArgumentException naming the field and the cure
   */
  public Scenario(
      @Nullable String name,
      @Nullable String about,
      int nodes,
      @Nullable Network network,
      @Nullable GossipConfig gossip,
      boolean sealed,
      @Nullable List<Step> timeline,
      @Nullable Duration duration,
      @Nullable Mode mode,
      @Nullable Duration convergeWithin,
      @Nullable Expect expect) {
    if (nodes < 2 || nodes > MAX_NODES) {
      throw new IllegalArgumentException(
          "nodes must be 2 to " + MAX_NODES + ", not " + nodes + "; write for example nodes: 20");
    }
    if (duration == null) {
      throw new IllegalArgumentException("duration is missing; write for example duration: 3m");
    }
    this.name = Objects.requireNonNullElse(name, "scenario");
    this.about = Objects.requireNonNullElse(about, "");
    this.nodes = nodes;
    this.network = Objects.requireNonNullElse(network, Network.DEFAULT);
    this.gossip = Objects.requireNonNullElse(gossip, GossipConfig.defaults());
    this.sealed = sealed;
    this.timeline = timeline == null ? List.of() : List.copyOf(timeline);
    this.duration = duration;
    this.mode = Objects.requireNonNullElse(mode, Mode.LIVENESS);
    this.convergeWithin = Objects.requireNonNullElse(convergeWithin, Duration.ofMinutes(1));
    this.expect = Objects.requireNonNullElse(expect, new Expect(null));
  }

  /** The name of a host by number. */
  public String host(int number) {
    int digits = Math.max(2, String.valueOf(nodes - 1).length());
    return "n" + "0".repeat(Math.max(0, digits - String.valueOf(number).length())) + number;
  }

  /**
   * What must hold of the whole run.
   *
   * @param falseDeaths most events in which a running node declared a running one dead; no bound
   *     where it is not given
   */
  public record Expect(@Nullable Integer falseDeaths) {}

  /**
   * What the links are like.
   *
   * @param topology how far hosts are apart
   * @param jitter share that a packet takes longer at most; 0.2 where it is not given
   * @param loss share of packets lost everywhere
   * @param duplication share of datagrams that arrive twice
   * @param reordering share of datagrams held back for up to 50 ms
   * @param dialOutOnly hosts that nobody can dial
   * @param udpBlocked hosts whose datagrams do not pass
   * @param slowLinks hosts whose link carries little
   */
  public record Network(
      @Nullable Place topology,
      @Nullable Share jitter,
      @Nullable Share loss,
      @Nullable Share duplication,
      @Nullable Share reordering,
      @Nullable Hosts dialOutOnly,
      @Nullable Hosts udpBlocked,
      @Nullable SlowLinks slowLinks) {
    static final Network DEFAULT = new Network(null, null, null, null, null, null, null, null);

    /** How far hosts are apart. */
    public enum Place {
      /** 0.1 to 1 ms. */
      LAN,
      /** 0.5 to 20 ms. */
      WIDE
    }

    /**
     * Links that carry little.
     *
     * @param hosts whose
     * @param kilobits per second, each way
     * @param queueBytes what waits beyond is dropped; 64 KiB where it is not given
     */
    public record SlowLinks(Hosts hosts, long kilobits, @Nullable Long queueBytes) {
      public SlowLinks {
        if (kilobits < 1) {
          throw new IllegalArgumentException("kilobits must be at least 1, not " + kilobits);
        }
      }
    }
  }
}
