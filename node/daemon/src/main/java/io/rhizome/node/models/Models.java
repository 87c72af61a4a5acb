// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.Residency;
import io.rhizome.node.executor.Executor;
import io.rhizome.node.models.LoadProgress.Stage;
import io.rhizome.node.models.ModelException.Code;
import io.rhizome.store.BlobWriter;
import io.rhizome.store.Chunk;
import io.rhizome.store.ChunkIndex;
import io.rhizome.store.DamagedFileException;
import io.rhizome.store.Digest;
import io.rhizome.store.FileModelStore;
import io.rhizome.store.Garbage;
import io.rhizome.store.Manifest;
import io.rhizome.store.ModelVersion;
import io.rhizome.store.SignedManifest;
import io.rhizome.store.Signers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of this node: takes them in, gets them from peers, loads and unloads them, and tells
 * the mesh what it holds.
 *
 * <p>A model reaches the executor only when its manifest's digest is the one asked for, a trusted
 * key signed it, and every file's digest has just been compared. It is advertised READY once it is
 * loaded and warm, STORED while it lies on disk. A newer version that becomes READY leaves the
 * older ones loaded until they are unloaded.
 *
 * <p>Thread rule: any thread. Operations run one at a time on this object's own thread and end in
 * their future, on failure with a {@link ModelException}; {@link #ready} and {@link #resident} read
 * a snapshot without a lock. Does not close the executor.
 */
public final class Models implements ReadyModels, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Models.class);

  private final Ports ports;
  private final FileModelStore store;
  private final Inventory inventory;
  private final Fetch fetch;
  private final Upkeep upkeep;
  private final Engine engine;
  private final Operations operations;
  private final Transfers transfers = new Transfers();
  private final Set<Digest> repairing = ConcurrentHashMap.newKeySet();

  /**
   * What this needs of the node.
   *
   * @param executor runs models
   * @param source gets models from peers
   * @param signers knows whose models may run
   * @param membership who is there and advertises what
   * @param advertise told, on the models thread, what this node holds whenever that changes
   * @param requestsWait whether requests wait for the executor
   */
  public record Ports(
      Executor executor,
      ModelSource source,
      Signers signers,
      Supplier<MembershipView> membership,
      Consumer<List<Residency>> advertise,
      BooleanSupplier requestsWait) {}

  private Models(ModelsConfig config, Ports ports, FileModelStore store, Inventory inventory) {
    this.ports = ports;
    this.store = store;
    this.inventory = inventory;
    this.fetch =
        new Fetch(
            config,
            store,
            ports.source(),
            ports.signers(),
            ports.membership(),
            this::requestsWait,
            transfers);
    this.upkeep = new Upkeep(store, fetch);
    this.engine = new Engine(config, store, ports.executor(), ports.signers());
    this.operations = new Operations(config.maxQueuedOperations());
  }

  /** Opens the models in that directory, creating it if need be. Nothing is loaded yet. Blocks. */
  public static Models open(Path directory, ModelsConfig config, Ports ports) throws IOException {
    FileModelStore store =
        FileModelStore.open(directory, ManifestJson::parse, config.maxFileBytes(), LOG::warn);
    LoadedSet wanted = new LoadedSet(directory.resolve("loaded.json"));
    return new Models(
        config, ports, store, new Inventory(config, store, wanted, ports.advertise()));
  }

  /**
   * Loads what was loaded when the node last stopped, and advertises. A model that does not load is
   * reported in the log, and tried again at the next start.
   *
   * @return how many were loaded
   */
  public CompletableFuture<Integer> start() {
    return operations.submit("start", this::reload);
  }

  /**
   * Starts taking in a file of a model that is being pushed.
   *
   * @throws ModelException {@code UNTRUSTED}, {@code CONFLICT} or {@code FULL} where {@link
   *     #importModel} would refuse the manifest whatever its files are; {@code INVALID} where the
   *     file is not one of its files. Blocks on disk, as the writer does.
   */
  public BlobWriter stage(SignedManifest manifest, Manifest.File file) throws ModelException {
    requireAcceptable(manifest);
    if (!manifest.manifest().files().contains(file)) {
      throw new ModelException(Code.INVALID, manifest + " has no file '" + file.name() + "'");
    }
    try {
      return store.begin(file);
    } catch (IOException e) {
      throw new ModelException(Code.STORAGE, "push of " + manifest + ": " + e.getMessage(), e);
    }
  }

  /**
   * Accepts a pushed model: its files are committed, it is loaded as a trial, and only then stored,
   * served and advertised. On failure nothing of it stays.
   *
   * @param staged one writer, fully written, for each of its files that is to be taken in; they are
   *     committed or aborted here whatever happens
   */
  public CompletableFuture<Loaded> importModel(SignedManifest manifest, List<BlobWriter> staged) {
    CompletableFuture<Loaded> accepted =
        operations.submit("push of " + manifest, () -> accept(manifest, staged));
    // Where the operation never ran, its files are still open.
    return accepted.whenComplete((done, failure) -> abort(staged));
  }

  /**
   * Gets a model from its holders if it is not here, checks, loads and warms it.
   *
   * @param version its counter; 0 for the newest that this node or any in view has
   * @param progress called on any thread, one call at a time; must neither block nor throw
   */
  public CompletableFuture<Loaded> load(
      String name, long version, Consumer<LoadProgress> progress) {
    return operations.submit(
        "load of '" + name + "'", () -> fetchAndLoad(obtain(name, version), progress));
  }

  @Override
  public CompletableFuture<Loaded> loadStored(String name, long version) {
    return operations.submit(
        "load of '" + name + "' on demand",
        () -> fetchAndLoad(find(name, version), progress -> {}));
  }

  /**
   * Stops serving a model; its files stay.
   *
   * @param version its counter, 0 for all versions
   * @return how many versions were unloaded
   */
  public CompletableFuture<Integer> unload(String name, long version) {
    return operations.submit(
        "unload of '" + name + "'",
        () -> {
          int unloaded = 0;
          for (SignedManifest manifest : stored(name, version)) {
            // First nobody is sent here any more, then what runs may finish.
            if (inventory.retire(manifest)) {
              engine.unload(manifest);
              unloaded++;
            }
          }
          return unloaded;
        });
  }

  /**
   * Deletes a model from this node; {@code STILL_LOADED} if any of the versions is loaded.
   *
   * @param version its counter, 0 for all versions
   * @return how many versions were removed
   */
  public CompletableFuture<Integer> remove(String name, long version) {
    return operations.submit(
        "removal of '" + name + "'",
        () -> {
          List<SignedManifest> doomed = stored(name, version);
          for (SignedManifest manifest : doomed) {
            if (inventory.isLoaded(manifest)) {
              throw new ModelException(
                  Code.STILL_LOADED, manifest + " is loaded here; unload it first");
            }
          }
          for (SignedManifest manifest : doomed) {
            inventory.remove(manifest);
          }
          return doomed.size();
        });
  }

  /**
   * Reads stored files through and compares their digests; what is damaged is fetched anew from
   * peers where they have it.
   *
   * @param name the model; empty for all
   * @param version its counter, 0 for all versions
   */
  public CompletableFuture<List<Verified>> verify(String name, long version) {
    return operations.submit(
        "verification",
        () -> upkeep.verify(name.isEmpty() ? inventory.all() : stored(name, version)));
  }

  /** Deletes from the disk what belongs to no model here, or only tells what that would be. */
  public CompletableFuture<List<Garbage>> collectGarbage(boolean dryRun) {
    return operations.submit(
        "garbage collection",
        () -> {
          List<Garbage> garbage = store.garbage();
          if (!dryRun) {
            store.delete(garbage);
          }
          return garbage;
        });
  }

  /**
   * The newest stored version of a model, or the one of that counter; {@code NOT_FOUND} where this
   * node does not hold it. Does not block.
   */
  public SignedManifest find(String name, long version) throws ModelException {
    List<SignedManifest> stored = stored(name, version);
    return stored.get(stored.size() - 1);
  }

  @Override
  public Optional<Loaded> ready(String name, long version) {
    return inventory.ready(name, version);
  }

  @Override
  public List<Residency> resident() {
    return inventory.resident();
  }

  /** What went between this node and its peers. */
  public Transfers transfers() {
    return transfers;
  }

  /** The manifest of that id, if it is stored here and its signer is trusted now; for peers. */
  public Optional<SignedManifest> manifest(Digest id) {
    return inventory.get(id).filter(manifest -> manifest.trustedBy(ports.signers()));
  }

  /**
   * How a file of a stored, trusted model is cut; for peers. Blocks on disk.
   *
   * @throws NoSuchFileException when no such model has it
   */
  public ChunkIndex index(Digest file) throws IOException {
    requireOffered(file);
    return store.index(file);
  }

  /**
   * A chunk of a file of a stored, trusted model, its digest just compared; for peers. Blocks on
   * disk.
   *
   * @throws NoSuchFileException when no such model has it
   * @throws DamagedFileException when other bytes are there
   */
  public ByteBuffer chunk(Digest file, Chunk chunk) throws IOException {
    requireOffered(file);
    try {
      ByteBuffer bytes = store.chunk(file, chunk);
      transfers.addServed(bytes.remaining());
      return bytes;
    } catch (DamagedFileException e) {
      // Either the peer asks for what never was there, or this disk lost what was.
      if (store.index(file).chunks().contains(chunk) && repairing.add(file)) {
        LOG.warn("{}: it is read through, and repaired from peers if need be", e.getMessage());
        var unused =
            operations
                .submit(
                    "repair of file " + file.shortName(),
                    () -> upkeep.verify(inventory.all(), file))
                .whenComplete((done, failure) -> repairing.remove(file));
      }
      throw e;
    }
  }

  /** Whether a request that came now would wait: then transfers hold back. */
  public boolean requestsWait() {
    return ports.requestsWait().getAsBoolean();
  }

  private void requireOffered(Digest file) throws NoSuchFileException {
    boolean offered =
        inventory.all().stream()
            .filter(m -> m.manifest().files().stream().anyMatch(f -> f.digest().equals(file)))
            .anyMatch(m -> m.trustedBy(ports.signers()));
    if (!offered) {
      throw new NoSuchFileException(file.toString());
    }
  }

  /** Stops; what runs is interrupted and fails, what is loaded stays so in the executor. Blocks. */
  @Override
  public void close() {
    try (fetch) {
      operations.close();
    }
  }

  private int reload() {
    inventory.publish();
    int reloaded = 0;
    for (Digest id : inventory.wanted()) {
      Optional<SignedManifest> manifest = inventory.get(id);
      if (manifest.isEmpty()) {
        LOG.warn("model {} was loaded before but is not here whole; load it again", id);
        continue;
      }
      try {
        var unused = loadKept(manifest.get(), progress -> {});
        reloaded++;
      } catch (ModelException | IOException e) {
        LOG.warn("{} was loaded before but does not load now", manifest.get(), e);
      }
    }
    return reloaded;
  }

  private Loaded accept(SignedManifest manifest, List<BlobWriter> staged)
      throws ModelException, IOException {
    requireAcceptable(manifest);
    if (inventory.get(manifest.id()).isPresent()) {
      return loadKept(manifest, progress -> {});
    }
    boolean kept = false;
    try {
      for (BlobWriter file : staged) {
        file.commit();
      }
      requireFiles(manifest);
      engine.load(manifest, progress -> {});
      inventory.keep(manifest);
      kept = true;
    } catch (DamagedFileException e) {
      throw new ModelException(Code.INVALID, "push of " + manifest + ": " + e.getMessage(), e);
    } finally {
      if (!kept) {
        giveUp(manifest);
      }
    }
    inventory.serve(manifest);
    return new Loaded(manifest.id(), manifest.manifest());
  }

  /** Leaves nothing of a refused push behind; what cannot be deleted now is at the next start. */
  private void giveUp(SignedManifest manifest) {
    try {
      engine.unload(manifest);
      store.discard(manifest);
    } catch (ModelException | IOException e) {
      LOG.warn("{} was refused and not cleaned away: {}", manifest, e.getMessage());
    }
  }

  private void requireFiles(SignedManifest manifest) throws ModelException, IOException {
    for (Manifest.File file : manifest.manifest().files()) {
      if (!store.has(file)) {
        throw new ModelException(
            Code.INVALID, "push of " + manifest + ": file '" + file.name() + "' was not sent");
      }
    }
  }

  private void requireAcceptable(SignedManifest manifest) throws ModelException {
    if (!manifest.trustedBy(ports.signers())) {
      throw new ModelException(
          Code.UNTRUSTED, "no trusted key signed " + manifest + "; push it with an operator's key");
    }
    inventory.requireRoom(manifest);
    String name = manifest.manifest().name();
    NavigableSet<ModelVersion> known = fetch.advertised(name, 0);
    known.addAll(inventory.numbers(name, 0));
    for (ModelVersion taken : known) {
      if (taken.counter() == manifest.manifest().version()
          && !taken.manifest().equals(manifest.id())) {
        throw new ModelException(
            Code.CONFLICT,
            "version %d of '%s' is another model (%s); push this one as version %d"
                .formatted(
                    taken.counter(),
                    name,
                    taken.manifest().shortName(),
                    known.last().counter() + 1));
      }
    }
  }

  /** The manifest to load, checked, from here or from a peer. */
  private SignedManifest obtain(String name, long version) throws ModelException {
    NavigableSet<ModelVersion> known = fetch.advertised(name, version);
    known.addAll(inventory.numbers(name, version));
    if (known.isEmpty()) {
      throw notFound(name, version, "nobody in view holds it");
    }
    while (true) {
      ModelVersion newest = known.last();
      try {
        Optional<SignedManifest> here = inventory.get(newest.manifest());
        return here.isPresent() ? here.get() : fetch.manifest(name, newest);
      } catch (ModelException e) {
        // A peer that advertises nonsense must not keep this node from the newest real version.
        // One that merely cannot be reached must: the older version is not what was asked for.
        known.remove(newest);
        if (known.isEmpty() || e.code() == Code.UNAVAILABLE) {
          throw e;
        }
        LOG.warn("version {} of {} is passed over: {}", newest.counter(), name, e.getMessage());
      }
    }
  }

  private Loaded fetchAndLoad(SignedManifest manifest, Consumer<LoadProgress> progress)
      throws ModelException, IOException {
    inventory.requireRoom(manifest);
    if (inventory.get(manifest.id()).isEmpty()) {
      fetch.files(manifest, progress);
      inventory.keep(manifest);
    }
    try {
      return loadKept(manifest, progress);
    } catch (DamagedFileException | NoSuchFileException e) {
      // It has been set aside and reported; peers may still have it whole.
      fetch.files(manifest, progress);
      return loadKept(manifest, progress);
    }
  }

  private Loaded loadKept(SignedManifest manifest, Consumer<LoadProgress> progress)
      throws ModelException, IOException {
    if (!inventory.isLoaded(manifest)) {
      engine.load(manifest, progress);
    }
    inventory.serve(manifest);
    Engine.report(progress, Stage.READY, manifest);
    return new Loaded(manifest.id(), manifest.manifest());
  }

  private List<SignedManifest> stored(String name, long version) throws ModelException {
    List<SignedManifest> stored = inventory.versions(name, version);
    if (stored.isEmpty()) {
      throw notFound(name, version, "this node does not hold it");
    }
    return stored;
  }

  private static void abort(List<BlobWriter> staged) {
    for (BlobWriter file : staged) {
      try {
        file.abort();
      } catch (IOException e) {
        LOG.warn("a partial file stays until the next start: {}", e.getMessage());
      }
    }
  }

  private static ModelException notFound(String name, long version, String why) {
    String which = version == 0 ? "" : " version " + version;
    return new ModelException(Code.NOT_FOUND, "no model '" + name + "'" + which + ": " + why);
  }
}
