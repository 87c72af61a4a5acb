// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.detection;

import io.rhizome.it.GossipProcess.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * How one outage was noticed by the nodes that ran all the while, and were back from an outage of
 * their own for {@link Outage#RETURN} when it began; seconds from its begin, {@link Outage#LENGTH}
 * for what was not noticed before its end.
 *
 * @param firstSuspected by the first of them
 * @param allSuspected by the last of them; whoever saw it dead at once had its suspicion then
 * @param firstDead by the first of them
 * @param allDead by the last of them
 * @param missedBy those of them that did not see it dead
 */
record Detection(
    double firstSuspected,
    double allSuspected,
    double firstDead,
    double allDead,
    List<Integer> missedBy) {
  private static final double LIMIT_SECONDS = Outage.LENGTH.toNanos() / 1e9;

  static Detection of(Outage outage, int nodes, List<Outage> schedule, Collection<Notice> notices) {
    double[] suspected = new double[nodes + 1];
    double[] dead = new double[nodes + 1];
    Arrays.fill(suspected, LIMIT_SECONDS);
    Arrays.fill(dead, LIMIT_SECONDS);
    for (Notice notice : notices) {
      double seconds = (notice.atNanos() - outage.atNanos()) / 1e9;
      boolean inTime = seconds >= 0 && seconds < LIMIT_SECONDS;
      if (inTime && notice.subject() == outage.victim() && notice.kind() != Kind.JOINED) {
        double[] first = notice.kind() == Kind.DIED ? dead : suspected;
        first[notice.observer()] = Math.min(first[notice.observer()], seconds);
      }
    }
    List<Integer> survivors = new ArrayList<>();
    for (int node = 1; node <= nodes; node++) {
      if (ranThroughout(node, outage, schedule)) {
        survivors.add(node);
        suspected[node] = Math.min(suspected[node], dead[node]);
      }
    }
    double[] suspicions =
        survivors.stream().mapToDouble(node -> suspected[node]).sorted().toArray();
    double[] deaths = survivors.stream().mapToDouble(node -> dead[node]).sorted().toArray();
    int last = survivors.size() - 1;
    List<Integer> missedBy =
        survivors.stream().filter(node -> dead[node] == LIMIT_SECONDS).toList();
    return new Detection(suspicions[0], suspicions[last], deaths[0], deaths[last], missedBy);
  }

  private static boolean ranThroughout(int node, Outage during, List<Outage> schedule) {
    return schedule.stream()
        .noneMatch(
            other ->
                other.victim() == node
                    && other.atNanos() < during.endNanos()
                    && other.endNanos() + Outage.RETURN.toNanos() > during.atNanos());
  }

  /** Deaths of nodes that ran, as some node saw them. */
  static long falseDeaths(List<Outage> schedule, Collection<Notice> notices) {
    return notices.stream()
        .filter(notice -> notice.kind() == Kind.DIED && notice.atNanos() >= 0)
        .filter(
            notice ->
                schedule.stream()
                    .noneMatch(
                        outage ->
                            outage.victim() == notice.subject()
                                && notice.atNanos() >= outage.atNanos()
                                && notice.atNanos() < outage.endNanos() + Outage.GAP.toNanos()))
        .count();
  }
}
