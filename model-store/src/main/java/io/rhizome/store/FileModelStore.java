// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Models on disk. Whatever is visible in it is whole: kill -9 and power loss leave a file or a
 * manifest either complete or absent.
 *
 * <pre>
 * manifests/ID.json   canonical JSON, named by its SHA-256
 * manifests/ID.sig    signer (32 bytes), then the signature
 * blobs/SHA256        a file's content
 * indexes/SHA256      how it is cut into chunks
 * incoming/           files coming chunk by chunk, for {@link PartialFile}
 * partial/            files coming in one piece; emptied when the store opens
 * links/ID/NAME       symbolic links to blobs under the names that engines want to see
 * damaged/SHA256      what turned out not to be what its name says, kept for the operator
 * </pre>
 *
 * <p>Order makes it safe: all of a model's blobs, then its signature, then its JSON; the JSON is
 * what counts. Removal goes the other way. A driver: does IO, blocks, owns no thread. Any thread.
 */
public final class FileModelStore {
  /** Largest file that a store takes where nothing else is configured: 16 GiB. */
  public static final long DEFAULT_MAX_FILE_BYTES = 16L << 30;

  private static final int READ_BYTES = 1 << 18;

  private final Path directory;
  private final Path manifestFiles;
  private final Path blobs;
  private final Path indexes;
  private final Incoming incoming;
  private final Path partial;
  private final Path links;
  private final Path damaged;
  private final long maxFileBytes;
  private final Consumer<String> warnings;
  private final AtomicLong writers = new AtomicLong();
  private final SortedMap<Digest, SignedManifest> manifests = new TreeMap<>();

  private boolean complete = true;

  private FileModelStore(Path directory, long maxFileBytes, Consumer<String> warnings) {
    this.directory = directory;
    this.manifestFiles = directory.resolve("manifests");
    this.blobs = directory.resolve("blobs");
    this.indexes = directory.resolve("indexes");
    this.incoming = new Incoming(directory.resolve("incoming"));
    this.partial = directory.resolve("partial");
    this.links = directory.resolve("links");
    this.damaged = directory.resolve("damaged");
    this.maxFileBytes = maxFileBytes;
    this.warnings = warnings;
  }

  /**
   * Opens or creates a store. What an interrupted run left unfinished is deleted; what is damaged
   * is reported, left where it is and not used.
   *
   * @param directory the store's own directory
   * @param codec reads manifests
   * @param maxFileBytes largest file taken in, in bytes
   * @param warnings told, in words for the operator, of everything skipped or set aside
   */
  public static FileModelStore open(
      Path directory, ManifestCodec codec, long maxFileBytes, Consumer<String> warnings)
      throws IOException {
    FileModelStore store = new FileModelStore(directory, maxFileBytes, warnings);
    clear(store.partial);
    clear(store.links);
    for (Path part :
        List.of(store.manifestFiles, store.blobs, store.indexes, store.partial, store.links)) {
      Files.createDirectories(part);
    }
    store.incoming.open();
    ManifestFiles.Loaded loaded = new ManifestFiles(store.manifestFiles).load(codec, warnings);
    store.adopt(loaded);
    for (Path orphan : store.orphans()) {
      DurableFiles.delete(orphan);
    }
    return store;
  }

  /** All models that are here whole, ordered by id. */
  public synchronized List<SignedManifest> manifests() {
    return List.copyOf(manifests.values());
  }

  /** Whether a file of that digest and size is here. */
  public boolean has(Manifest.File file) throws IOException {
    Path blob = blob(file.digest());
    return Files.isRegularFile(blob) && Files.size(blob) == file.bytes();
  }

  /** Starts taking in a file; {@link IOException} when it is larger than this store takes. */
  public BlobWriter begin(Manifest.File file) throws IOException {
    requireTakes(file);
    Path part = partial.resolve(file.digest() + "." + writers.incrementAndGet());
    return new BlobWriter(file, part, paths(file.digest()));
  }

  /**
   * Starts, or goes on with, a file that comes chunk by chunk; at most one at a time of each file.
   * {@link IOException} when it is larger than this store takes.
   */
  public PartialFile resume(Manifest.File file) throws IOException {
    requireTakes(file);
    return incoming.resume(file, paths(file.digest()));
  }

  /** How a file is cut; where that is not known, the file is read through to find out. */
  public ChunkIndex index(Digest digest) throws IOException {
    BlobPaths paths = paths(digest);
    Optional<ChunkIndex> known = IndexFiles.read(paths.index(), Files.size(paths.blob()));
    if (known.isPresent()) {
      return known.get();
    }
    Indexer indexer = new Indexer();
    verify(digest, indexer::take);
    ChunkIndex index = indexer.end();
    IndexFiles.write(paths.index(), index);
    return index;
  }

  /**
   * Reads a chunk of a file and compares its digest.
   *
   * @throws java.nio.file.NoSuchFileException when the file is not here
   * @throws DamagedFileException when other bytes are there
   */
  public ByteBuffer chunk(Digest digest, Chunk chunk) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(chunk.length());
    try (FileChannel channel = FileChannel.open(blob(digest), READ)) {
      long at = chunk.offset();
      int read = 0;
      while (bytes.hasRemaining() && read >= 0) {
        read = channel.read(bytes, at);
        at += read;
      }
    }
    if (bytes.hasRemaining() || !Digest.sha256(bytes.flip()).equals(chunk.digest())) {
      throw new DamagedFileException(
          "file %s has no chunk %s of %d bytes at offset %d"
              .formatted(
                  digest.shortName(), chunk.digest().shortName(), chunk.length(), chunk.offset()));
    }
    return bytes;
  }

  /** Makes a model visible whose files are all here already; {@link IOException} if one is not. */
  public synchronized void put(SignedManifest manifest) throws IOException {
    for (Manifest.File file : manifest.manifest().files()) {
      if (!has(file)) {
        throw new IOException("file '" + file.name() + "' of " + manifest + " is not here");
      }
    }
    new ManifestFiles(manifestFiles).write(manifest);
    manifests.put(manifest.id(), manifest);
  }

  /**
   * Reads a file from end to end and compares its digest. A file that fails is moved aside and
   * reported, and {@link DamagedFileException} thrown.
   */
  public void verify(Manifest.File file) throws IOException {
    verify(file.digest(), piece -> {});
  }

  /**
   * Verifies all files of a model, stored or about to be, and makes a directory where they lie
   * under their own names.
   *
   * @return that directory, valid until {@link #remove} or {@link #discard}
   */
  public Path materialise(SignedManifest manifest) throws IOException {
    Path directory = links.resolve(manifest.id().toString());
    Files.createDirectories(directory);
    for (Manifest.File file : manifest.manifest().files()) {
      verify(file);
      Path link = directory.resolve(file.name());
      if (!Files.exists(link, NOFOLLOW_LINKS)) {
        Files.createSymbolicLink(link, directory.relativize(blob(file.digest())));
      }
    }
    return directory;
  }

  /** Deletes a model and those of its files that no other model here has. */
  public synchronized void remove(SignedManifest manifest) throws IOException {
    new ManifestFiles(manifestFiles).delete(manifest.id());
    manifests.remove(manifest.id());
    discard(manifest);
  }

  /** Deletes the files of a model that was not put, save those that a model here has. */
  public synchronized void discard(SignedManifest manifest) throws IOException {
    if (manifests.containsKey(manifest.id())) {
      return;
    }
    clear(links.resolve(manifest.id().toString()));
    SortedSet<Digest> used = referenced();
    for (Manifest.File file : manifest.manifest().files()) {
      if (!used.contains(file.digest())) {
        delete(paths(file.digest()));
      }
    }
  }

  /**
   * What belongs to no model here. Files of a push that runs may be among it, and what is fetched
   * right now: ask while there is none of either.
   */
  public synchronized List<Garbage> garbage() throws IOException {
    List<Garbage> found = new ArrayList<>();
    collect(incoming.files(), Garbage.Kind.UNFINISHED, found);
    collect(
        Files.isDirectory(damaged) ? children(damaged) : List.of(), Garbage.Kind.DAMAGED, found);
    collect(orphans(), Garbage.Kind.UNUSED, found);
    return found;
  }

  /** Deletes what {@link #garbage} found just before. */
  public synchronized void delete(List<Garbage> garbage) throws IOException {
    for (Garbage each : garbage) {
      DurableFiles.delete(directory.resolve(each.file()));
    }
  }

  private void verify(Digest digest, Consumer<ByteBuffer> pieces) throws IOException {
    Path blob = blob(digest);
    MessageDigest sha256 = Digest.newSha256();
    try (FileChannel channel = FileChannel.open(blob, READ)) {
      ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
      while (channel.read(buffer) >= 0) {
        buffer.flip();
        sha256.update(buffer.duplicate());
        pieces.accept(buffer);
        buffer.clear();
      }
    }
    Digest actual = Digest.of(sha256.digest());
    if (actual.equals(digest)) {
      return;
    }
    String what = "file " + blob + " has digest " + actual + ": it was set aside in " + damaged;
    Files.createDirectories(damaged);
    Files.move(blob, damaged.resolve(digest.toString()), StandardCopyOption.REPLACE_EXISTING);
    warnings.accept(what);
    throw new DamagedFileException(what);
  }

  private void requireTakes(Manifest.File file) throws IOException {
    if (file.bytes() > maxFileBytes) {
      throw new IOException(
          "file '%s' has %d bytes, more than the %d that this node takes"
              .formatted(file.name(), file.bytes(), maxFileBytes));
    }
  }

  private synchronized void adopt(ManifestFiles.Loaded loaded) throws IOException {
    complete = loaded.complete();
    for (SignedManifest manifest : loaded.manifests()) {
      complete &= adopt(manifest);
    }
  }

  private synchronized boolean adopt(SignedManifest manifest) throws IOException {
    for (Manifest.File file : manifest.manifest().files()) {
      if (!has(file)) {
        warnings.accept(
            "skipped %s: its file '%s' (%s) is missing or has another size"
                .formatted(manifest, file.name(), blob(file.digest())));
        return false;
      }
    }
    manifests.put(manifest.id(), manifest);
    return true;
  }

  private void collect(List<Path> files, Garbage.Kind kind, List<Garbage> into) throws IOException {
    for (Path file : files) {
      into.add(new Garbage(directory.relativize(file), Files.size(file), kind));
    }
  }

  /** Files that no manifest names; none while a manifest cannot be read, which may name them. */
  private synchronized List<Path> orphans() throws IOException {
    List<Path> orphans = new ArrayList<>();
    if (!complete) {
      return orphans;
    }
    SortedSet<String> names = new TreeSet<>();
    referenced().forEach(digest -> names.add(digest.toString()));
    for (Path part : List.of(blobs, indexes)) {
      for (Path child : children(part)) {
        if (!names.contains(String.valueOf(child.getFileName()))) {
          orphans.add(child);
        }
      }
    }
    return orphans;
  }

  private synchronized SortedSet<Digest> referenced() {
    SortedSet<Digest> used = new TreeSet<>();
    for (SignedManifest manifest : manifests.values()) {
      manifest.manifest().files().forEach(file -> used.add(file.digest()));
    }
    return used;
  }

  private Path blob(Digest digest) {
    return blobs.resolve(digest.toString());
  }

  private BlobPaths paths(Digest digest) {
    return new BlobPaths(blob(digest), indexes.resolve(digest.toString()));
  }

  private static void delete(BlobPaths paths) throws IOException {
    DurableFiles.delete(paths.blob());
    DurableFiles.delete(paths.index());
  }

  /** Deletes a directory tree of this store, links not followed. */
  private static void clear(Path directory) throws IOException {
    if (!Files.isDirectory(directory, NOFOLLOW_LINKS)) {
      return;
    }
    for (Path child : children(directory)) {
      if (Files.isDirectory(child, NOFOLLOW_LINKS)) {
        clear(child);
      } else {
        Files.delete(child);
      }
    }
    Files.delete(directory);
  }

  static List<Path> children(Path directory) throws IOException {
    List<Path> children = new ArrayList<>();
    try (var entries = Files.newDirectoryStream(directory)) {
      entries.forEach(children::add);
    }
    Collections.sort(children);
    return children;
  }
}
