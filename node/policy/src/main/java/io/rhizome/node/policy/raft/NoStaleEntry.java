// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.impl.RaftServiceManager;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import io.atomix.protocols.raft.storage.log.RaftLogReader;
import java.lang.reflect.Field;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Guard: what a new leader replaced is never applied. Atomix reads ahead, 128 KiB at a time, and
 * forgets that only where the next entry itself is replaced; of an entry after the next it goes on
 * to apply, and to compare, what is no longer in the log. So its readers read anew after an append
 * that may have replaced anything, before any entry is applied.
 */
final class NoStaleEntry extends ForwardingProtocol {
  private volatile @Nullable Log log;

  NoStaleEntry(RaftServerProtocol next) {
    super(next);
  }

  /**
   * Whose readers those are.
   *
   * @throws IllegalStateException where Atomix is not the one that this guard was written for
   */
  void guard(RaftContext raft) {
    log = new Log(raft);
  }

  @Override
  public void registerAppendHandler(
      Function<AppendRequest, CompletableFuture<AppendResponse>> handler) {
    super.registerAppendHandler(
        request -> {
          Log guarded = log;
          return guarded == null || request.entries().isEmpty()
              ? handler.apply(request)
              : guarded.append(request, handler);
        });
  }

  /** What is done on Raft's thread, in whose order entries are written and applied. */
  private static final class Log {
    private final RaftContext raft;
    private final RaftLogReader applied;
    private long written;

    Log(RaftContext raft) {
      this.raft = raft;
      this.applied = applied(raft.getServiceManager());
    }

    /** There is no other way to it. */
    private static RaftLogReader applied(RaftServiceManager manager) {
      try {
        Field reader = RaftServiceManager.class.getDeclaredField("reader");
        reader.setAccessible(true);
        return (RaftLogReader) reader.get(manager);
      } catch (ReflectiveOperationException | ClassCastException e) {
        throw new IllegalStateException("another Atomix than 3.1: " + e, e);
      }
    }

    CompletableFuture<AppendResponse> append(
        AppendRequest request, Function<AppendRequest, CompletableFuture<AppendResponse>> handler) {
      CompletableFuture<AppendResponse> response = new CompletableFuture<>();
      raft.getThreadContext()
          .execute(
              () -> {
                written = Math.max(written, raft.getLogWriter().getLastIndex());
                boolean mayReplace = request.prevLogIndex() < written;
                written = Math.max(written, request.prevLogIndex() + request.entries().size());
                var unused = handler.apply(request).whenComplete((r, e) -> pass(r, e, response));
                if (mayReplace) {
                  raft.getThreadContext().execute(this::readAnew);
                }
              });
      return response;
    }

    private static void pass(
        AppendResponse answer, Throwable error, CompletableFuture<AppendResponse> response) {
      if (error == null) {
        response.complete(answer);
      } else {
        response.completeExceptionally(error);
      }
    }

    /** The write is done, and what it committed is queued behind this. */
    private void readAnew() {
      applied.reset(applied.getNextIndex());
      raft.getLogReader().reset();
    }
  }
}
