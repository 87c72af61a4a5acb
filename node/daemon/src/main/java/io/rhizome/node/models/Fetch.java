// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Residency;
import io.rhizome.node.models.ModelException.Code;
import io.rhizome.store.ChunkIndex;
import io.rhizome.store.DamagedFileException;
import io.rhizome.store.Digest;
import io.rhizome.store.FileModelStore;
import io.rhizome.store.Manifest;
import io.rhizome.store.ModelVersion;
import io.rhizome.store.PartialFile;
import io.rhizome.store.SignedManifest;
import io.rhizome.store.Signers;
import io.rhizome.store.swarm.Download;
import io.rhizome.store.swarm.RateCap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets models from the peers that gossip says have them: the manifest first, checked in full, then
 * each file chunk by chunk from all holders at once. What arrived of a file is kept for another
 * time, whoever the failure is due to, save this disk. Blocks; the models thread only.
 */
final class Fetch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Fetch.class);

  private static final long SETTLING_IDLE_SECONDS = 10;

  private final ModelsConfig config;
  private final FileModelStore store;
  private final ModelSource source;
  private final Signers signers;
  private final Supplier<MembershipView> membership;
  private final BooleanSupplier requestsWait;
  private final RateCap cap;
  private final Transfers transfers;
  private final ThreadPoolExecutor settling =
      new ThreadPoolExecutor(
          1,
          1,
          SETTLING_IDLE_SECONDS,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(1),
          work -> new Thread(work, "rhizome-settling"));

  Fetch(
      ModelsConfig config,
      FileModelStore store,
      ModelSource source,
      Signers signers,
      Supplier<MembershipView> membership,
      BooleanSupplier requestsWait,
      Transfers transfers) {
    this.config = config;
    this.store = store;
    this.source = source;
    this.signers = signers;
    this.membership = membership;
    this.requestsWait = requestsWait;
    this.cap = new RateCap(config.maxBytesPerSecond(), System.nanoTime());
    this.transfers = transfers;
    this.settling.allowCoreThreadTimeOut(true);
  }

  /** The versions of a model that usable peers advertise; counter 0 stands for any. */
  NavigableSet<ModelVersion> advertised(String name, long counter) {
    NavigableSet<ModelVersion> versions = new TreeSet<>();
    for (Member peer : peers()) {
      for (Residency held : peer.state().models()) {
        boolean wanted = counter == 0 || held.version() == counter;
        boolean possible = held.version() >= 1 && held.version() < ManifestJson.MAX_INTEGER;
        if (held.model().equals(name) && wanted && possible) {
          try {
            versions.add(new ModelVersion(held.version(), Digest.parse(held.manifest())));
          } catch (IllegalArgumentException e) {
            LOG.warn("node {} advertises a bad id of {}: {}", peer.id(), name, e.getMessage());
          }
        }
      }
    }
    return versions;
  }

  /** The usable peers that advertise that manifest, nearest first. */
  List<NodeId> holders(Digest manifest) {
    String id = manifest.toString();
    return peers().stream()
        .filter(peer -> peer.state().models().stream().anyMatch(m -> m.manifest().equals(id)))
        .sorted(Comparator.comparingLong((Member peer) -> distance(peer)).thenComparing(Member::id))
        .map(Member::id)
        .toList();
  }

  /**
   * That version's manifest, from whichever holder gives the right one: its id, name and counter as
   * advertised, its signature by a trusted key.
   */
  SignedManifest manifest(String name, ModelVersion wanted) throws ModelException {
    List<String> reasons = new ArrayList<>();
    for (NodeId holder : holders(wanted.manifest())) {
      String asked = "asking " + holder.shortName() + " for the manifest of " + name;
      try {
        SignedManifest got =
            Waiting.forResult(
                source.manifest(holder, wanted.manifest()), config.manifestTimeout(), asked);
        if (got.id().equals(wanted.manifest())) {
          return requireWanted(got, name, wanted);
        }
        reasons.add(holder.shortName() + " sent another manifest");
      } catch (ExecutionException e) {
        reasons.add(asked + ": " + Waiting.cause(e));
      } catch (ModelException e) {
        if (e.code() != Code.UNAVAILABLE || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        reasons.add(e.getMessage());
      }
      LOG.warn("no manifest of {} yet: {}", name, reasons.get(reasons.size() - 1));
    }
    throw new ModelException(
        Code.UNAVAILABLE,
        "no holder gave the manifest of '%s' version %d: %s"
            .formatted(name, wanted.counter(), String.join("; ", reasons)));
  }

  /** Makes sure that all files of a checked manifest are here. */
  void files(SignedManifest manifest, Consumer<LoadProgress> listener)
      throws ModelException, IOException {
    FetchProgress progress = new FetchProgress(manifest, listener, transfers);
    for (Manifest.File file : manifest.manifest().files()) {
      if (!store.has(file)) {
        file(manifest, file, progress);
      }
      progress.end(file);
    }
  }

  /** Gets one file of a checked manifest anew. */
  void file(SignedManifest manifest, Manifest.File file) throws ModelException, IOException {
    file(manifest, file, new FetchProgress(manifest, progress -> {}, transfers));
  }

  /** Stops what runs beside the models thread. */
  @Override
  public void close() {
    settling.shutdownNow();
  }

  private SignedManifest requireWanted(SignedManifest got, String name, ModelVersion wanted)
      throws ModelException {
    if (!got.manifest().name().equals(name) || got.manifest().version() != wanted.counter()) {
      throw new ModelException(
          Code.INVALID,
          "a peer advertises %s as '%s' version %d".formatted(got, name, wanted.counter()));
    }
    if (!got.trustedBy(signers)) {
      throw new ModelException(Code.UNTRUSTED, "no trusted key signed " + got);
    }
    return got;
  }

  private void file(SignedManifest manifest, Manifest.File file, FetchProgress progress)
      throws ModelException, IOException {
    long started = System.nanoTime();
    long before = progress.fetched();
    PartialFile partial = store.resume(file);
    try (partial) {
      SortedSet<NodeId> senders = new FileAttempts(manifest, file, partial, progress).run();
      LOG.info(
          "file '{}' of {} is here: {} of {} bytes fetched in {} ms from {}",
          file.name(),
          manifest,
          progress.fetched() - before,
          file.bytes(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started),
          senders.stream().map(NodeId::shortName).collect(Collectors.joining(", ")));
    } catch (IOException e) {
      // What arrived may be what fills the disk. A node that stops keeps it for its next life.
      if (!Thread.currentThread().isInterrupted()) {
        partial.discard();
      }
      throw e;
    }
  }

  /** All that is tried for one file: an index that may be wrong, then the next holder's. */
  private final class FileAttempts {
    private final SignedManifest manifest;
    private final Manifest.File file;
    private final PartialFile partial;
    private final FetchProgress progress;
    private final List<String> reasons = new ArrayList<>();
    private final SortedSet<NodeId> liars = new TreeSet<>();
    private final List<ChunkIndex> tried = new ArrayList<>();

    FileAttempts(
        SignedManifest manifest, Manifest.File file, PartialFile partial, FetchProgress progress) {
      this.manifest = manifest;
      this.file = file;
      this.partial = partial;
      this.progress = progress;
    }

    SortedSet<NodeId> run() throws ModelException, IOException {
      Optional<ChunkIndex> kept = partial.index();
      if (kept.isPresent()) {
        Optional<SortedSet<NodeId>> senders = attempt(kept.get(), null);
        if (senders.isPresent()) {
          return senders.get();
        }
      }
      for (NodeId holder : holders(manifest.id())) {
        Optional<ChunkIndex> index = index(holder);
        if (index.isPresent() && !tried.contains(index.get())) {
          Optional<SortedSet<NodeId>> senders = attempt(index.get(), holder);
          if (senders.isPresent()) {
            return senders.get();
          }
        }
      }
      throw new ModelException(
          Code.UNAVAILABLE,
          "no holder gave file '%s' of %s: %s"
              .formatted(
                  file.name(),
                  manifest,
                  reasons.isEmpty() ? "nobody in view has it" : String.join("; ", reasons)));
    }

    /** Who sent the file by that index; empty where it did not come or is not the file. */
    private Optional<SortedSet<NodeId>> attempt(ChunkIndex index, @Nullable NodeId origin)
        throws ModelException, IOException {
      tried.add(index);
      BitSet here = partial.follow(index);
      progress.begin(here.stream().mapToLong(i -> index.chunks().get(i).length()).sum());
      Download download =
          new Download(
              index, here, config.download(), cap, new SplittableRandom(), System.nanoTime());
      FileFetch fetch =
          new FileFetch(
              file,
              partial,
              index,
              here,
              download,
              source,
              this::honest,
              requestsWait,
              progress,
              settling);
      try {
        SortedSet<NodeId> senders = fetch.run();
        partial.commit(index);
        return Optional.of(senders);
      } catch (DamagedFileException e) {
        String whose = origin == null ? "kept from before" : "of node " + origin.shortName();
        LOG.warn("the chunk index {} is wrong: {}", whose, e.getMessage());
        reasons.add("index " + whose + ": " + e.getMessage());
        if (origin != null) {
          liars.add(origin);
        }
      } catch (ModelException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
        reasons.add(String.valueOf(e.getMessage()));
      }
      return Optional.empty();
    }

    private Optional<ChunkIndex> index(NodeId holder) throws ModelException {
      String asked = "asking " + holder.shortName() + " for the chunks of '" + file.name() + "'";
      try {
        return Optional.of(
            Waiting.forResult(source.index(holder, file), config.manifestTimeout(), asked));
      } catch (ExecutionException e) {
        reasons.add(asked + ": " + Waiting.cause(e).getMessage());
      } catch (ModelException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
        reasons.add(String.valueOf(e.getMessage()));
      }
      LOG.warn("no chunk index yet: {}", reasons.get(reasons.size() - 1));
      return Optional.empty();
    }

    private List<NodeId> honest() {
      return holders(manifest.id()).stream().filter(holder -> !liars.contains(holder)).toList();
    }
  }

  private List<Member> peers() {
    MembershipView view = membership.get();
    return view.members().values().stream()
        .filter(member -> member.status().usable() && !member.id().equals(view.self()))
        .toList();
  }

  private static long distance(Member peer) {
    return peer.rttNanos() < 0 ? Long.MAX_VALUE : peer.rttNanos();
  }
}
