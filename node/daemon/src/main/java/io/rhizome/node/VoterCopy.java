// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.node.policy.FollowerPolicyStore;
import io.rhizome.node.policy.PolicyStatus;
import io.rhizome.node.policy.PolicyStore;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A voter keeps a copy of policy beside its log, now and then: when it starts again it has that, as
 * nodes without a vote do, until its vote is back. It may be older than the log, never newer than
 * what was committed.
 */
final class VoterCopy {
  private static final Logger log = LoggerFactory.getLogger(VoterCopy.class);
  private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final PolicyCopyFile file;
  private final PolicyStore store;
  private final Executor blocking;
  private final AtomicBoolean writing = new AtomicBoolean();
  private volatile long kept = -1;
  private long keptAtNanos = System.nanoTime() - EVERY_NANOS;

  VoterCopy(PolicyCopyFile file, PolicyStore store, Executor blocking) {
    this.file = file;
    this.store = store;
    this.blocking = blocking;
  }

  /** Sees whether there is something new to keep; on one thread, does not block. */
  void tick() {
    long now = System.nanoTime();
    if (isNew(store.status())
        && now - keptAtNanos >= EVERY_NANOS
        && writing.compareAndSet(false, true)) {
      keptAtNanos = now;
      blocking.execute(
          () -> {
            try {
              keep();
            } finally {
              writing.set(false);
            }
          });
    }
  }

  private boolean isNew(PolicyStatus status) {
    return status.role() != PolicyStatus.Role.FOLLOWER && status.version() != kept;
  }

  /** Keeps what is newest, if this node has a vote; blocks on disk. */
  void keep() {
    PolicyStatus status = store.status();
    if (!isNew(status)) {
      return;
    }
    try {
      FollowerPolicyStore.keep(file, status.voters(), store.image());
      kept = status.version();
    } catch (IOException e) {
      log.error("cannot keep a copy of policy: {}", e.getMessage());
    }
  }
}
