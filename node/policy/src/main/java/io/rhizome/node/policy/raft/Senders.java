// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.CommandRequest;
import io.atomix.protocols.raft.protocol.ConfigureRequest;
import io.atomix.protocols.raft.protocol.InstallRequest;
import io.atomix.protocols.raft.protocol.JoinRequest;
import io.atomix.protocols.raft.protocol.LeaveRequest;
import io.atomix.protocols.raft.protocol.OpenSessionRequest;
import io.atomix.protocols.raft.protocol.PollRequest;
import io.atomix.protocols.raft.protocol.ReconfigureRequest;
import io.atomix.protocols.raft.protocol.VoteRequest;
import io.rhizome.gossip.NodeId;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who may send what. The sender is who the transport says it is: a message that speaks for another
 * is refused, and so is everything but a join of a node without a vote.
 *
 * @param member nodes that have, or are getting, a vote
 * @param mayVote nodes that may get one
 * @param dead voters that this node has seen dead for long
 */
record Senders(
    NodeId self, Predicate<NodeId> member, Predicate<NodeId> mayVote, Predicate<NodeId> dead) {
  private static final Set<String> OF_MEMBERS =
      new TreeSet<>(
          Set.of(
              "append",
              "closeSession",
              "command",
              "configure",
              "install",
              "leave",
              "openSession",
              "poll",
              "reconfigure",
              "vote"));

  /** Before anything of it is read. */
  void checkSubject(NodeId from, String subject) throws RefusedException {
    boolean allowed =
        subject.equals("join")
            ? mayVote.test(from)
            : OF_MEMBERS.contains(subject) && member.test(from);
    if (!allowed) {
      throw new RefusedException("%s may not send %s".formatted(from.shortName(), subject));
    }
  }

  /** Once it is read. */
  void check(NodeId from, String subject, Object request) throws RefusedException {
    String claimed = claimed(request);
    if (claimed != null && !claimed.equals(from.toString())) {
      boolean ofTheDead =
          request instanceof LeaveRequest && dead.test(NodeId.parse(claimed)) && member.test(from);
      if (!ofTheDead) {
        throw new RefusedException(
            "%s may not send %s for %s".formatted(from.shortName(), subject, claimed));
      }
    }
    if (request instanceof CommandRequest command
        && command.operation().id().equals(PolicyReplica.RESTORE)
        && !from.equals(self)) {
      throw new RefusedException(from.shortName() + " may not begin policy anew");
    }
    if (request instanceof OpenSessionRequest open
        && !open.serviceName().equals(PolicyReplica.NAME)) {
      throw new RefusedException("there is no service " + open.serviceName());
    }
  }

  /** For whom it speaks; null where it does not matter. */
  private static @Nullable String claimed(Object request) {
    if (request instanceof AppendRequest append) {
      return append.leader().id();
    }
    if (request instanceof ConfigureRequest configure) {
      return configure.leader().id();
    }
    if (request instanceof InstallRequest install) {
      return install.leader().id();
    }
    if (request instanceof PollRequest poll) {
      return poll.candidate().id();
    }
    if (request instanceof VoteRequest vote) {
      return vote.candidate().id();
    }
    if (request instanceof JoinRequest join) {
      return join.member().memberId().id();
    }
    if (request instanceof LeaveRequest leave) {
      return leave.member().memberId().id();
    }
    if (request instanceof ReconfigureRequest reconfigure) {
      return reconfigure.member().memberId().id();
    }
    return null;
  }
}
