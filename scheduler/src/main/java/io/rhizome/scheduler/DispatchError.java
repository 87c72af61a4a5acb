// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import java.util.List;

/**
 * Why a request got no answer, and where it went.
 *
 * @param kind what went wrong
 * @param message for the client: what failed, every attempt, and what was left out and why
 * @param attempts what was tried from this node, in order
 * @param retryNanos when a holder that was not tried as it is full may have room; 0 for no idea
 */
public record DispatchError(Kind kind, String message, List<Attempt> attempts, long retryNanos) {
  public DispatchError {
    attempts = List.copyOf(attempts);
  }

  /** Whether nobody can tell if an executor had it. */
  public boolean mayHaveRun() {
    return attempts.stream().anyMatch(attempt -> attempt.failure().kind().mayHaveRun());
  }

  /** What went wrong; the node maps each to one gRPC and one HTTP status. */
  public enum Kind {
    /**
     * No usable node holds the model or that version, and nothing was tried. Whether the model is
     * unknown or merely out of reach is for the caller to say.
     */
    NO_HOLDER(false),
    /** At least one holder refused for lack of room and no other could serve. */
    OVERLOADED(true),
    /** Holders exist, but none could be reached or none answered. */
    UNAVAILABLE(true),
    /** It may have run at a node that broke or fell silent, and may not run twice. */
    MAY_HAVE_RUN(false),
    /** Holders exist, but policy forbids that any of those that could be reached runs it. */
    FORBIDDEN(false),
    /** The deadline passed. */
    DEADLINE_EXCEEDED(false),
    /** The last attempt's answer stands: it would be the same elsewhere. */
    FINAL(false),
    /** The caller gave up. */
    CANCELLED(false);

    private final boolean retryLater;

    Kind(boolean retryLater) {
      this.retryLater = retryLater;
    }

    /** Whether the client may expect another outcome from the same request a little later. */
    public boolean retryLater() {
      return retryLater;
    }
  }

  /**
   * One attempt that failed.
   *
   * @param node where it ran or was to run
   * @param failure how it ended
   */
  public record Attempt(NodeId node, Failure failure) {}
}
