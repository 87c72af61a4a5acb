// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks that compare-and-sets on registers were linearizable: that each took effect at one moment
 * between its call and its answer. A register's value is the version that last changed it.
 *
 * <p>Every write makes a version that no other write makes, and versions of a register only grow.
 * So the order of all that took effect on a register is known: write by write in the order of
 * versions, and after each write the refused calls that found its version, in any order. A history
 * is linearizable if each write expected the version before it, and if nothing in that order was
 * answered before something earlier in it was called. (Gibbons and Korach, "Testing Shared
 * Memories", 1997: with unique values and a known write order this is enough, in linear time.)
 *
 * <p>Not thread-safe.
 */
final class CasHistory {
  /** The version of a register that was never written. */
  static final long ABSENT = 0;

  /** The answer of a call that was never answered, and yet took effect. */
  static final long NEVER = Long.MAX_VALUE;

  private final SortedMap<String, List<Call>> registers = new TreeMap<>();

  /**
   * One call that is known to have taken effect.
   *
   * @param expected the version that the caller expected
   * @param left the version that the register had after it: a new one, or the one that it was
   *     refused for
   * @param wrote whether it changed the register
   * @param calledNanos since any moment
   * @param answeredNanos since the same moment, or {@link #NEVER}
   */
  private record Call(
      long expected, long left, boolean wrote, long calledNanos, long answeredNanos) {}

  /** A call that made a version. */
  void wrote(String register, long expected, long made, long calledNanos, long answeredNanos) {
    add(register, new Call(expected, made, true, calledNanos, answeredNanos));
  }

  /** A call that was refused for the version that it found. */
  void refused(String register, long expected, long found, long calledNanos, long answeredNanos) {
    add(register, new Call(expected, found, false, calledNanos, answeredNanos));
  }

  private void add(String register, Call call) {
    registers.computeIfAbsent(register, unused -> new ArrayList<>()).add(call);
  }

  /** How many calls there are. */
  int size() {
    return registers.values().stream().mapToInt(List::size).sum();
  }

  /** Why it is not linearizable; empty where it is. */
  Optional<String> fault() {
    for (var register : registers.entrySet()) {
      Optional<String> fault = fault(register.getValue());
      if (fault.isPresent()) {
        return Optional.of(register.getKey() + ": " + fault.get());
      }
    }
    return Optional.empty();
  }

  private static Optional<String> fault(List<Call> calls) {
    List<Call> order = new ArrayList<>(calls);
    order.sort(
        Comparator.comparingLong(Call::left)
            .thenComparing((Call call) -> !call.wrote)
            .thenComparingLong(Call::calledNanos));
    long version = ABSENT;
    Order before = new Order();
    Order within = new Order();
    for (Call call : order) {
      if (call.wrote) {
        if (call.expected != version || call.left == version) {
          return Optional.of("%s took effect upon version %d".formatted(call, version));
        }
        version = call.left;
        before.join(within);
        within = new Order();
        before.add(call);
      } else {
        if (call.left != version) {
          return Optional.of("%s found a version that nobody wrote".formatted(call));
        }
        if (call.expected == version) {
          return Optional.of("%s was refused for what it expected".formatted(call));
        }
        within.add(call);
      }
      Call late = before.latest;
      if (late != null && call.answeredNanos < late.calledNanos) {
        return Optional.of(
            "%s was answered before %s was called, whose effect came first".formatted(call, late));
      }
    }
    return Optional.empty();
  }

  /** The call among some that was made last. */
  private static final class Order {
    @Nullable Call latest;

    void add(Call call) {
      if (latest == null || call.calledNanos > latest.calledNanos) {
        latest = call;
      }
    }

    void join(Order other) {
      if (other.latest != null) {
        add(other.latest);
      }
    }
  }
}
