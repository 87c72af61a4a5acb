// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Residency;
import io.rhizome.node.models.LoadProgress.Stage;
import io.rhizome.node.models.ModelException.Code;
import io.rhizome.store.BlobWriter;
import io.rhizome.store.Digest;
import io.rhizome.store.FileModelStore;
import io.rhizome.store.Manifest;
import io.rhizome.store.ModelVersion;
import io.rhizome.store.SignedManifest;
import io.rhizome.store.Signers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets models from the peers that gossip says have them: the manifest first, checked in full, then
 * each file from the nearest holder, the next one where that fails or lies. Blocks; the models
 * thread only.
 */
final class Fetch {
  private static final Logger LOG = LoggerFactory.getLogger(Fetch.class);

  private final ModelsConfig config;
  private final FileModelStore store;
  private final ModelSource source;
  private final Signers signers;
  private final Supplier<MembershipView> membership;

  Fetch(
      ModelsConfig config,
      FileModelStore store,
      ModelSource source,
      Signers signers,
      Supplier<MembershipView> membership) {
    this.config = config;
    this.store = store;
    this.source = source;
    this.signers = signers;
    this.membership = membership;
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
  void files(SignedManifest manifest, Consumer<LoadProgress> progress)
      throws ModelException, IOException {
    long total = bytes(manifest);
    long done = 0;
    for (Manifest.File file : manifest.manifest().files()) {
      if (!store.has(file)) {
        file(manifest, file, done, total, progress);
      }
      done += file.bytes();
    }
  }

  static long bytes(SignedManifest manifest) {
    return manifest.manifest().files().stream().mapToLong(Manifest.File::bytes).sum();
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

  private void file(
      SignedManifest manifest,
      Manifest.File file,
      long before,
      long total,
      Consumer<LoadProgress> progress)
      throws ModelException, IOException {
    List<String> reasons = new ArrayList<>();
    for (NodeId holder : holders(manifest.id())) {
      BlobWriter sink = store.begin(file);
      try {
        AtomicLong received = new AtomicLong();
        report(progress, manifest, before, total, holder);
        Waiting.whileMoving(
            source.file(
                holder,
                file,
                sink,
                bytes -> {
                  received.set(bytes);
                  report(progress, manifest, before + bytes, total, holder);
                }),
            config.stallTimeout(),
            received::get,
            "fetching '" + file.name() + "'");
        sink.commit();
        return;
      } catch (ExecutionException e) {
        reasons.add(holder.shortName() + ": " + Waiting.cause(e));
      } catch (ModelException | IOException e) {
        reasons.add(holder.shortName() + ": " + e.getMessage());
      } finally {
        sink.abort();
      }
      if (Thread.currentThread().isInterrupted()) {
        break;
      }
      LOG.warn("file of {} not fetched from {}", manifest, reasons.get(reasons.size() - 1));
    }
    throw new ModelException(
        Code.UNAVAILABLE,
        "no holder gave file '%s' of %s: %s"
            .formatted(
                file.name(),
                manifest,
                reasons.isEmpty() ? "nobody in view has it" : String.join("; ", reasons)));
  }

  private static void report(
      Consumer<LoadProgress> progress,
      SignedManifest manifest,
      long done,
      long total,
      NodeId from) {
    progress.accept(
        new LoadProgress(
            Stage.FETCHING, done, total, from, manifest.id(), manifest.manifest().version()));
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
