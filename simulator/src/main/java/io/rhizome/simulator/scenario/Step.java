// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.scenario;

import io.rhizome.gossip.Member;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happens, once or again and again. Exactly one of the fields after {@code until} is
 * given.
 *
 * @param at when, from the start
 * @param every how often again, until {@code until} or the end; once where it is not given
 * @param until when it happens no more
 * @param crash hosts that stop without a word
 * @param restart hosts that stop, if they run, and start again
 * @param replace hosts that stop for good, and a new one each in their stead
 * @param leave hosts that say goodbye
 * @param join how many new ones start
 * @param partition sides between which nothing passes
 * @param cut a way that nothing passes
 * @param heal ends all partitions and cuts
 * @param loss packets lost from now on
 * @param starve hosts that get no time
 * @param deaf hosts that hear nothing
 * @param mute hosts that are heard by nobody
 * @param slow hosts whose packets take longer, both ways, from now on
 * @param service hosts that take that long for each packet from now on
 * @param clock hosts whose clock is set
 * @param publish hosts that say something new of themselves
 * @param expect what must be seen at that moment
 */
public record Step(
    Duration at,
    @Nullable Duration every,
    @Nullable Duration until,
    @Nullable Hosts crash,
    @Nullable Restart restart,
    @Nullable Hosts replace,
    @Nullable Hosts leave,
    @Nullable Integer join,
    @Nullable List<Hosts> partition,
    @Nullable Way cut,
    @Nullable Boolean heal,
    @Nullable Loss loss,
    @Nullable Spell starve,
    @Nullable Spell deaf,
    @Nullable Spell mute,
    @Nullable Delay slow,
    @Nullable Delay service,
    @Nullable Clock clock,
    @Nullable Hosts publish,
    @Nullable Sight expect) {
  private static final String ACTIONS =
      "crash, restart, replace, leave, join, partition, cut, heal, loss, starve, deaf, mute, slow,"
          + " service, clock, publish, expect";

  public Step {
    if (at == null) {
      throw new IllegalArgumentException("at is missing; write for example at: 30s");
    }
    if (every != null && every.isZero()) {
      throw new IllegalArgumentException("every must be longer than nothing");
    }
    long given =
        Stream.of(
                crash, restart, replace, leave, join, partition, cut, heal, loss, starve, deaf,
                mute, slow, service, clock, publish, expect)
            .filter(Objects::nonNull)
            .count();
    if (given != 1) {
      throw new IllegalArgumentException(
          "a step does exactly one thing, this one " + given + "; choose one of " + ACTIONS);
    }
    partition = partition == null ? null : List.copyOf(partition);
  }

  /** All hosts that are named. */
  List<Hosts> hosts() {
    Stream<@Nullable Hosts> plain =
        Stream.of(
            crash,
            restart == null ? null : restart.hosts(),
            replace,
            leave,
            cut == null ? null : cut.from(),
            cut == null ? null : cut.to(),
            loss == null ? null : loss.hosts(),
            starve == null ? null : starve.hosts(),
            deaf == null ? null : deaf.hosts(),
            mute == null ? null : mute.hosts(),
            slow == null ? null : slow.hosts(),
            service == null ? null : service.hosts(),
            clock == null ? null : clock.hosts(),
            publish,
            expect == null ? null : expect.by(),
            expect == null ? null : expect.of());
    Stream<Hosts> sides = partition == null ? Stream.empty() : partition.stream();
    return Stream.concat(plain.filter(Objects::nonNull), sides).toList();
  }

  /**
   * Hosts that start again.
   *
   * @param hosts which
   * @param disk what is left of theirs; all where it is not given
   */
  public record Restart(Hosts hosts, @Nullable Disk disk) {}

  /** What is left of a disk: the boot epoch is on it. */
  public enum Disk {
    /** All. */
    KEPT,
    /** What was there when the node first started. */
    OLD,
    /** Nothing. */
    LOST
  }

  /**
   * A way from hosts to hosts.
   *
   * @param from whose packets
   * @param to who does not receive them
   */
  public record Way(Hosts from, Hosts to) {}

  /**
   * Loss from now on.
   *
   * @param share of packets
   * @param hosts what these send and receive; everywhere where it is not given
   */
  public record Loss(Share share, @Nullable Hosts hosts) {}

  /**
   * Something that passes.
   *
   * @param hosts whom it befalls
   * @param lasts how long
   */
  public record Spell(Hosts hosts, Duration lasts) {}

  /**
   * Something that takes longer.
   *
   * @param hosts whose
   * @param by how much; nothing ends it
   */
  public record Delay(Hosts hosts, Duration by) {}

  /**
   * A clock.
   *
   * @param hosts whose
   * @param ahead how far it jumps ahead, as after a suspend; not at all where it is not given
   * @param driftPpm how much it runs fast from now on, in parts per million; slow where negative
   */
  public record Clock(Hosts hosts, @Nullable Duration ahead, long driftPpm) {}

  /**
   * What some see of others; a node is not asked about itself, nor one that does not run.
   *
   * @param by who sees; all where it is not given
   * @param of whom
   * @param as any of these; {@code unknown} is not among them, so a member must be known
   * @param reachable {@code direct}, {@code via} or {@code none}; any where it is not given
   */
  public record Sight(
      @Nullable Hosts by, Hosts of, @Nullable List<Member.Status> as, @Nullable Reach reachable) {
    public Sight {
      as = as == null ? null : List.copyOf(as);
    }
  }

  /** Kinds of {@link io.rhizome.gossip.Reachability}. */
  public enum Reach {
    /** It answers itself. */
    DIRECT,
    /** It answers through another. */
    VIA,
    /** It does not answer. */
    NONE
  }
}
