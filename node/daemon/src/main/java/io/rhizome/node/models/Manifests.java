// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Residency;
import io.rhizome.node.models.ModelException.Code;
import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import io.rhizome.store.ModelVersion;
import io.rhizome.store.SignedManifest;
import io.rhizome.store.Signers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What a served model declares, on every node: from this node's own models, else from a node that
 * serves it. A manifest never changes, so those of peers are kept, the latest {@value #MAX_KEPT}.
 * Any thread; does not block.
 */
public final class Manifests {
  private static final int MAX_KEPT = 256;

  private final ReadyModels models;
  private final ModelSource source;
  private final Signers signers;
  private final Supplier<MembershipView> membership;
  private final long timeoutNanos;
  private final Map<Digest, Manifest> kept =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Digest, Manifest> eldest) {
              return size() > MAX_KEPT;
            }
          });

  /**
   * Manifests of these models and of those that the membership advertises.
   *
   * @param timeoutNanos how long one holder may take to answer
   */
  public Manifests(
      ReadyModels models,
      ModelSource source,
      Signers signers,
      Supplier<MembershipView> membership,
      long timeoutNanos) {
    this.models = models;
    this.source = source;
    this.signers = signers;
    this.membership = membership;
    this.timeoutNanos = timeoutNanos;
  }

  /**
   * The manifest of a model that is served somewhere; fails with a {@link ModelException}: {@code
   * NOT_FOUND}, or {@code UNAVAILABLE} when no holder gave it.
   *
   * @param version its counter, 0 for the newest
   */
  public CompletableFuture<Manifest> find(String name, long version) {
    NavigableMap<ModelVersion, List<NodeId>> served = served(name, version);
    Optional<Loaded> here = models.ready(name, version);
    if (here.isPresent()
        && (served.isEmpty() || here.get().manifest().version() >= served.lastKey().counter())) {
      return CompletableFuture.completedFuture(here.get().manifest());
    }
    if (served.isEmpty()) {
      String which = version == 0 ? "" : " version " + version;
      return CompletableFuture.failedFuture(
          new ModelException(
              Code.NOT_FOUND, "no model '" + name + "'" + which + ": no usable node serves it"));
    }
    Digest id = served.lastKey().manifest();
    Manifest known = kept.get(id);
    if (known != null) {
      return CompletableFuture.completedFuture(known);
    }
    Wanted wanted = new Wanted(name, served.lastKey());
    return ask(served.lastEntry().getValue().iterator(), wanted, "nobody was asked");
  }

  private record Wanted(String name, ModelVersion version) {
    boolean is(SignedManifest manifest) {
      return manifest.id().equals(version.manifest())
          && manifest.manifest().name().equals(name)
          && manifest.manifest().version() == version.counter();
    }
  }

  private CompletableFuture<Manifest> ask(
      Iterator<NodeId> holders, Wanted wanted, String lastWords) {
    if (!holders.hasNext()) {
      return CompletableFuture.failedFuture(
          new ModelException(Code.UNAVAILABLE, "no holder gave the manifest: " + lastWords));
    }
    NodeId holder = holders.next();
    return source
        .manifest(holder, wanted.version().manifest())
        .toCompletableFuture()
        .orTimeout(timeoutNanos, TimeUnit.NANOSECONDS)
        .thenApply(Optional::ofNullable)
        .exceptionally(error -> Optional.empty())
        .thenCompose(
            answer -> {
              if (answer.isEmpty() || !isRight(answer.get(), wanted)) {
                return ask(holders, wanted, holder.shortName() + " did not give it");
              }
              kept.put(answer.get().id(), answer.get().manifest());
              return CompletableFuture.completedFuture(answer.get().manifest());
            });
  }

  private boolean isRight(SignedManifest manifest, Wanted wanted) {
    return wanted.is(manifest) && manifest.trustedBy(signers);
  }

  /** The versions that peers serve, with who serves each. */
  private NavigableMap<ModelVersion, List<NodeId>> served(String name, long version) {
    NavigableMap<ModelVersion, List<NodeId>> served = new TreeMap<>();
    MembershipView view = membership.get();
    for (Member peer : view.members().values()) {
      if (peer.id().equals(view.self()) || !peer.status().usable()) {
        continue;
      }
      for (Residency held : peer.state().models()) {
        if (held.model().equals(name)
            && held.state() == Residency.State.READY
            && (version == 0 || held.version() == version)) {
          ModelVersion found = new ModelVersion(held.version(), Digest.parse(held.manifest()));
          served.computeIfAbsent(found, v -> new ArrayList<>()).add(peer.id());
        }
      }
    }
    return served;
  }
}
