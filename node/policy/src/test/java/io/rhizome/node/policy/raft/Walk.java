// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.Change;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A random walk: writes, lost, repeated, late and reordered messages, voters cut off, stopped,
 * killed, hanging, without power, without their disk, with a wrong clock. At the end all faults
 * stop. {@link RaftWalks} starts it.
 */
public final class Walk extends WalkedMesh {
  private static final int MAX_WAITING = 20;

  private @Nullable NodeId diskless;

  private Walk(long seed, Path directory) {
    super(seed, directory);
  }

  /**
   * Walks, in the class loader of this class.
   *
   * @return what happened, in one line, which the same seed and steps give again
   * @throws AssertionError where an invariant does not hold
   */
  public static String walk(long seed, int steps, Path directory) throws InterruptedException {
    return onAtomixThread(
        () -> {
          Walk walk = new Walk(seed, directory);
          try {
            walk.found(VOTERS);
            walk.wander(steps);
            walk.rest();
            return walk.toString();
          } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError(e + "\n  after " + walk, e);
          }
        });
  }

  /** More happens in a shorter time. */
  @Override
  VoterConfig config(Path directory, NodeId node, SortedSet<NodeId> seeds) {
    return new VoterConfig(
        directory,
        node,
        seeds,
        Duration.ofMillis(500),
        Duration.ofMillis(100),
        Duration.ofMillis(700),
        Duration.ofSeconds(5),
        any -> true,
        any -> false);
  }

  private void wander(int steps) throws IOException {
    for (int i = 0; i < steps; i++) {
      step();
      pass(random.nextLong(40 * MILLIS));
      if (isWhole()) {
        diskless = null;
      }
      if (i % 200 == 0) {
        logsMatch();
      }
    }
  }

  private void step() throws IOException {
    int chance = random.nextInt(1000);
    if (chance < 600) {
      propose(any());
    } else if (chance < 920) {
      pass(random.nextLong(60 * MILLIS));
    } else if (chance < 930) {
      weather();
    } else if (chance < 938) {
      NodeId node = any();
      fault("cut", node);
      wires.cut(node);
    } else if (chance < 955) {
      count("healed");
      wires.heal();
    } else if (chance < 960) {
      hang(any());
    } else if (chance < 963) {
      wrongClock(any());
    } else if (chance < 973) {
      stop(any());
    } else if (chance < 975) {
      failPowerOfAll();
    } else {
      startSome();
    }
  }

  private void propose(NodeId through) {
    WalkingVoter voter = voters.get(through);
    if (voter != null && voter.waiting < MAX_WAITING) {
      String name = "m" + random.nextInt(5);
      int bytes = random.nextInt(5) == 0 ? random.nextInt(20_000) : 9;
      propose(voter, name, bytes, random.nextBoolean() ? Change.ANY : version(voter, name));
    }
  }

  private static long version(WalkingVoter voter, String name) {
    return voter.store.snapshot().get("Model", name).map(r -> r.version()).orElse(Change.ABSENT);
  }

  private void weather() {
    count("weather");
    wires.weather(
        new VirtualWires.Weather(
            random.nextInt(3) * random.nextInt(100),
            random.nextInt(3) * random.nextInt(100),
            random.nextInt(3) * random.nextInt(100),
            1 + random.nextLong(2 * SECONDS)));
  }

  private void hang(NodeId node) {
    WalkingVoter voter = voters.get(node);
    if (voter != null) {
      fault("hung", node);
      voter.process.hangUntil(world.nowNanos() + random.nextLong(5 * SECONDS));
    }
  }

  private void wrongClock(NodeId node) {
    WalkingVoter voter = voters.get(node);
    if (voter != null) {
      fault("clock", node);
      long[] offsets = {0, 3_600_000, -3_600_000, -1_790_000_000_000L};
      voter.process.wallOffset(offsets[random.nextInt(offsets.length)]);
    }
  }

  private void stop(NodeId node) throws IOException {
    WalkingVoter voter = voters.get(node);
    if (voter == null) {
      return;
    }
    boolean mayLoseDisk = diskless == null && isWhole();
    int how = random.nextInt(8);
    if (how == 0) {
      fault("closed", node);
      voter.process.hangUntil(0);
      voter.close();
    }
    kill(voter);
    if (how == 1 && mayLoseDisk) {
      fault("wiped", node);
      disks.lose(directory(node));
      diskless = node;
    } else if (how > 0 && how < 5) {
      failPower(node);
    } else if (how > 0) {
      fault("killed", node);
    }
  }

  private void failPowerOfAll() throws IOException {
    count("blackout");
    for (WalkingVoter voter : List.copyOf(voters.values())) {
      kill(voter);
      failPower(voter.node);
    }
  }

  private void startSome() {
    for (int i = 1; i <= VOTERS; i++) {
      if (random.nextInt(3) > 0) {
        startAgain(node(i));
      }
    }
  }
}
