// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.EpochStatement;
import io.rhizome.node.policy.Epochs;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicyException.Code;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.node.policy.PolicyStatus;
import io.rhizome.node.policy.ProposalId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What makes a node go on alone survive any crash: the image that it begins with is on disk before
 * the epoch is declared, and stays until its own voter has committed it.
 *
 * @param directory the voter's
 * @param image what the new epoch begins with, while that is not finished
 */
record Recovery(NodeId self, VoterDirectory directory, PolicyCopyFile image, Epochs epochs) {
  private static final long CURRENT_NANOS = TimeUnit.SECONDS.toNanos(3);

  static Recovery in(Path policy, NodeId self, VoterDirectory directory, Epochs epochs) {
    return new Recovery(self, directory, new PolicyCopyFile(policy.resolve("recovering")), epochs);
  }

  /** Passes an order that this node must follow. */
  void check(EpochStatement order, PolicyStatus status) throws PolicyException {
    if (!order.node().equals(self)) {
      throw new PolicyException(
          Code.INVALID, "the order is for node " + order.node() + "; this is node " + self);
    }
    if (!epochs.proven(order)) {
      throw new PolicyException(Code.DENIED, "no operator of this mesh signed the order");
    }
    long known = epochs.current().map(EpochStatement::number).orElse(0L);
    if (order.number() <= known) {
      throw new PolicyException(
          Code.CONFLICT,
          "the order is for epoch %d, and epoch %d is known here already: sign a higher one"
              .formatted(order.number(), known));
    }
    if (status.ageNanos() < CURRENT_NANOS) {
      throw new PolicyException(
          Code.CONFLICT,
          "a majority of the voters is there, so nothing is to be recovered; a voter that is gone"
              + " loses its vote by itself");
    }
  }

  /** From the return of this on there is no way back: the old voters count no more. */
  PolicyImage declare(EpochStatement order, PolicyImage last, SecureRandom random, long nowMillis)
      throws IOException, PolicyException {
    PolicyImage begun = order.begin(last, ProposalId.random(random), nowMillis);
    image.save(PolicyCodec.encode(begun));
    if (epochs.hear(order) != Epochs.Standing.SAME) {
      throw new PolicyException(Code.FAILED, "the order cannot be kept on disk");
    }
    return begun;
  }

  /** What was declared in an earlier run, and is not finished. */
  Optional<PolicyImage> unfinished() throws IOException {
    boolean mine = epochs.current().filter(epoch -> epoch.node().equals(self)).isPresent();
    boolean finished = directory.exists() && directory.label().equals(epochs.label());
    if (!mine || finished) {
      return Optional.empty();
    }
    return image.load().map(PolicyCodec::image);
  }

  /** The voter has committed the image. */
  void finish() throws IOException {
    directory.label(epochs.label());
    Files.deleteIfExists(image.file());
  }

  /** Whose word is taken when an epoch begins. */
  List<NodeId> trusted(EpochStatement epoch) {
    return epoch.node().equals(self) ? List.of() : List.of(epoch.node());
  }

  /** Says that it did not work, and what helps. */
  static PolicyException failed(Throwable failure) {
    return new PolicyException(
        Code.FAILED,
        "policy is not recovered: %s; restart this node".formatted(failure.getMessage()),
        failure);
  }
}
