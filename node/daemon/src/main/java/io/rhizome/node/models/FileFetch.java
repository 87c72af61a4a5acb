// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.models.ModelException.Code;
import io.rhizome.store.Chunk;
import io.rhizome.store.ChunkIndex;
import io.rhizome.store.Manifest;
import io.rhizome.store.PartialFile;
import io.rhizome.store.swarm.Download;
import io.rhizome.store.swarm.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one {@link Download}: asks peers, writes what they send, tells the download. Chunks are
 * digested and written on the threads that bring them, several at once; everything else happens on
 * the models thread, which {@link #run} blocks.
 */
final class FileFetch {
  private static final Logger LOG = LoggerFactory.getLogger(FileFetch.class);
  private static final long PEERS_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long SETTLE_BYTES = 8L << 20;

  private final Manifest.File file;
  private final PartialFile partial;
  private final ChunkIndex index;
  private final Download download;
  private final ModelSource source;
  private final Supplier<? extends Collection<NodeId>> holders;
  private final BooleanSupplier requestsWait;
  private final FetchProgress progress;
  private final Executor settling;
  private final BitSet here;
  // As many as there are asks, which the download bounds.
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private final SortedMap<Long, CompletableFuture<?>> calls = new TreeMap<>();
  private final SortedSet<NodeId> senders = new TreeSet<>();
  private CompletableFuture<Void> settled = CompletableFuture.completedFuture(null);
  private long settledTo;
  private @Nullable Step end;

  private sealed interface Answer {
    Step.Ask ask();
  }

  private record Arrived(Step.Ask ask, boolean requestsWait) implements Answer {}

  private record Wrong(Step.Ask ask) implements Answer {}

  private record Refused(Step.Ask ask, Throwable why) implements Answer {}

  private record Unwritten(Step.Ask ask, IOException why) implements Answer {}

  /**
   * A fetch of what is missing.
   *
   * @param here the chunks that are here already; this object's from now on
   * @param settling where what has come is digested and forced to disk while more comes
   */
  FileFetch(
      Manifest.File file,
      PartialFile partial,
      ChunkIndex index,
      BitSet here,
      Download download,
      ModelSource source,
      Supplier<? extends Collection<NodeId>> holders,
      BooleanSupplier requestsWait,
      FetchProgress progress,
      Executor settling) {
    this.file = file;
    this.partial = partial;
    this.index = index;
    this.download = download;
    this.source = source;
    this.holders = holders;
    this.requestsWait = requestsWait;
    this.progress = progress;
    this.here = here;
    this.settling = settling;
  }

  /**
   * Gets all chunks that are missing.
   *
   * @return who sent any
   * @throws ModelException {@code UNAVAILABLE} where no peer is left that may be asked
   * @throws IOException where this node cannot write them
   */
  SortedSet<NodeId> run() throws ModelException, IOException {
    try {
      long peersAt = System.nanoTime();
      while (end == null) {
        long now = System.nanoTime();
        download.requestsWait(requestsWait.getAsBoolean());
        if (now - peersAt >= 0) {
          act(download.onPeers(now, holders.get()));
          peersAt = now + PEERS_NANOS;
        } else {
          long wait = Math.min(download.nextDeadlineNanos() - now, peersAt - now);
          Answer answer = answers.poll(wait, TimeUnit.NANOSECONDS);
          act(answer == null ? download.onTick(System.nanoTime()) : told(answer));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ModelException(
          Code.UNAVAILABLE, "fetching '" + file.name() + "': this node is stopping", e);
    } finally {
      calls.values().forEach(call -> call.cancel(true));
    }
    awaitSettled();
    if (end instanceof Step.Failed failed) {
      throw new ModelException(Code.UNAVAILABLE, failed.why());
    }
    return senders;
  }

  /** Hands over what has come from the beginning on without a gap, if that is worth it. */
  private void settle() throws IOException {
    int gap = here.nextClearBit(0);
    long end = gap < index.chunks().size() ? index.chunks().get(gap).offset() : file.bytes();
    if (end - settledTo < SETTLE_BYTES || !settled.isDone()) {
      return;
    }
    awaitSettled();
    settledTo = end;
    settled =
        CompletableFuture.runAsync(
            () -> {
              try {
                partial.settle(end);
              } catch (IOException e) {
                throw new UncheckedIOException(e.getMessage(), e);
              }
            },
            settling);
  }

  private void awaitSettled() throws IOException {
    try {
      settled.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException failure) {
        throw new IOException(failure.getMessage(), failure);
      }
      throw e;
    }
  }

  private void act(List<Step> steps) {
    for (Step step : steps) {
      if (step instanceof Step.Ask ask) {
        ask(ask);
      } else if (step instanceof Step.Cancel cancel) {
        CompletableFuture<?> call = calls.remove(cancel.ask().number());
        if (call != null) {
          call.cancel(true);
        }
      } else {
        end = step;
      }
    }
  }

  private void ask(Step.Ask ask) {
    Chunk chunk = index.chunks().get(ask.chunk());
    CompletableFuture<ModelSource.Fetched> call =
        source.chunk(ask.peer(), file.digest(), chunk).toCompletableFuture();
    calls.put(ask.number(), call);
    var unused =
        call.whenComplete(
            (fetched, failure) ->
                answers.add(
                    failure != null ? new Refused(ask, failure) : write(ask, chunk, fetched)));
  }

  private Answer write(Step.Ask ask, Chunk chunk, ModelSource.Fetched fetched) {
    try {
      return partial.write(chunk, fetched.bytes())
          ? new Arrived(ask, fetched.requestsWait())
          : new Wrong(ask);
    } catch (IOException e) {
      return new Unwritten(ask, e);
    }
  }

  private List<Step> told(Answer answer) throws IOException {
    Step.Ask ask = answer.ask();
    if (calls.remove(ask.number()) == null) {
      return List.of();
    }
    Chunk chunk = index.chunks().get(ask.chunk());
    long now = System.nanoTime();
    if (answer instanceof Arrived arrived) {
      senders.add(ask.peer());
      here.set(ask.chunk());
      List<Step> steps = download.onChunk(now, ask, arrived.requestsWait());
      progress.arrived(chunk.length(), download.peersAsked());
      settle();
      return steps;
    }
    if (answer instanceof Unwritten unwritten) {
      throw unwritten.why();
    }
    if (answer instanceof Refused refused) {
      String why = reason(refused.why());
      warn(ask, chunk, why);
      return download.onFailure(now, ask, why);
    }
    warn(ask, chunk, "sent other bytes; it is asked no more");
    return download.onWrongBytes(now, ask);
  }

  private void warn(Step.Ask ask, Chunk chunk, String what) {
    LOG.warn(
        "chunk at {} of file '{}' ({}) not got from node {}: {}",
        chunk.offset(),
        file.name(),
        file.digest().shortName(),
        ask.peer().shortName(),
        what);
  }

  private static String reason(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return String.valueOf(cause.getMessage());
  }
}
