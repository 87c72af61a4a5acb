// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.mesh.GrpcAcquaintances.Answer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Whether a node that may found the mesh's policy, and knows of none, founds it.
 *
 * <p>Goals: a fresh mesh has policy at once; there are never two policies in one mesh, even where
 * the founder has lost its disk. Algorithm: others are asked first, and what most of them know
 * counts. Example: the founder starts with an empty directory; of three others, two say that a, b
 * and c vote: it follows those.
 *
 * @param self this node
 * @param firstStart it has never run before
 */
record FoundingDecision(NodeId self, boolean firstStart) {
  static final long LONELY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** What to do. */
  sealed interface Verdict {
    /** Ask again. */
    record Wait() implements Verdict {}

    /** Found. */
    record Found() implements Verdict {}

    /** Follow those. */
    record Follow(SortedSet<NodeId> voters) implements Verdict {}

    /** An operator has to decide. */
    record Stranded(String why) implements Verdict {}
  }

  /**
   * Decides.
   *
   * @param waitedNanos since this node started
   * @param others how many other nodes can be reached
   * @param answers what those of them said that answered
   */
  Verdict decide(long waitedNanos, int others, Collection<Answer> answers) {
    if ((others == 0 && waitedNanos < LONELY_NANOS) || 2 * answers.size() < others) {
      return new Verdict.Wait();
    }
    SortedMap<String, List<SortedSet<NodeId>>> lists = new TreeMap<>();
    for (Answer answer : answers) {
      SortedSet<NodeId> besides = new TreeSet<>(answer.voters());
      besides.remove(self);
      if (!besides.isEmpty()) {
        String list = besides.stream().map(NodeId::toString).collect(Collectors.joining(" "));
        lists.computeIfAbsent(list, any -> new ArrayList<>()).add(answer.voters());
      }
    }
    Optional<SortedSet<NodeId>> most =
        lists.values().stream().max(Comparator.comparingInt(List::size)).map(same -> same.get(0));
    if (most.isPresent()) {
      return new Verdict.Follow(most.get());
    }
    long version = answers.stream().mapToLong(Answer::version).max().orElse(0);
    if (version > 0) {
      return new Verdict.Stranded(
          "this node had the only vote on policy and has lost its directory; other nodes have copies"
              + " up to version %d: see `rhizome policy status`, then `rhizome policy recover --from"
                  .formatted(version)
              + " NODE` with the one that has the newest");
    }
    return firstStart
        ? new Verdict.Found()
        : new Verdict.Stranded(
            "this node founded the mesh's policy and has lost its directory, and no other node that"
                + " it reaches knows a policy: bring one back, or begin with an empty policy by"
                + " `rhizome policy recover --from NODE` with this node's name, and then `rhizome"
                + " policy restore FILE`");
  }
}
