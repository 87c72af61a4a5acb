// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Why a voter cannot go on, once and for all. Any thread. */
final class VoterFailure {
  private static final Logger log = LoggerFactory.getLogger(VoterFailure.class);

  private final CompletableFuture<Throwable> first = new CompletableFuture<>();

  /** From here on this voter acknowledges nothing. */
  void fail(Throwable cause) {
    if (first.complete(cause)) {
      log.error("this node's policy stops: {}", cause.getMessage(), cause);
    }
  }

  /** It is closed: from here on it acknowledges nothing either, but nothing is wrong. */
  void close() {
    first.complete(new IllegalStateException("it is closed"));
  }

  /** Runs that when it fails. */
  void onFailure(Runnable action) {
    var unused = first.thenRun(action);
  }

  @Nullable Throwable cause() {
    return first.getNow(null);
  }

  /** Throws if it failed. */
  void check() {
    Throwable cause = cause();
    if (cause != null) {
      throw new IllegalStateException("policy has stopped: " + cause.getMessage(), cause);
    }
  }
}
