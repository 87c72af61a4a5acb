// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.rhizome.node.jobs.JobException.Code;
import io.rhizome.store.Digest;
import io.rhizome.store.DurableFiles;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What this node keeps of its site's jobs: their items, and answers too large for the site's store.
 * Each node of a site keeps every job. What is visible in it is whole and forced to disk.
 *
 * <pre>
 * jobs/ID          a job's items (see {@link ItemsFile}), then where its slices lie (see {@link
 *                  JournalEntry}), then how many bytes that is, in 4, big-endian
 * answers/ID/SHA   a large answer
 * uploads/ID@WHO   items of a submission of a tenant that is coming in, or broke off; WHO is the
 *                  beginning of the SHA-256 of the tenant's name
 * coming/          jobs coming from other nodes; emptied when the journal opens
 * </pre>
 *
 * <p>A job is one file, for each that is forced to disk costs a submission time.
 *
 * <p>A driver: does IO, blocks, owns no thread. Any thread; one at a time of each upload.
 */
public final class Journal {
  private static final int LENGTH_BYTES = 4;
  private static final int WHO_CHARS = 32;
  private static final int PIECE_BYTES = 256 * 1024;

  private final Path jobs;
  private final Path answers;
  private final Path uploads;
  private final Path coming;
  private final long maxBytes;
  private final Consumer<String> warnings;

  /**
   * Held while a job's file gets its name or goes: who asks what is here does not wait for that.
   */
  private final Object naming = new Object();

  private final SortedMap<JobId, Kept> entries = new TreeMap<>();

  /** The same by when they came. */
  private final NavigableMap<Long, JobId> arrivals = new TreeMap<>();

  private long arrived;
  private long bytes;

  /**
   * A job that is here.
   *
   * @param number its place in the order in which they came, from 1
   */
  private record Kept(JournalEntry entry, long number) {}

  private Journal(Path directory, long maxBytes, Consumer<String> warnings) {
    this.jobs = directory.resolve("jobs");
    this.answers = directory.resolve("answers");
    this.uploads = directory.resolve("uploads");
    this.coming = directory.resolve("coming");
    this.maxBytes = maxBytes;
    this.warnings = warnings;
  }

  /**
   * Opens or creates a journal.
   *
   * @param maxBytes of all jobs' items together; more are refused
   * @param warnings told, in words for the operator, of what cannot be read
   */
  public static Journal open(Path directory, long maxBytes, Consumer<String> warnings)
      throws IOException {
    Journal journal = new Journal(directory, maxBytes, warnings);
    try {
      delete(journal.coming);
    } catch (IOException e) {
      warnings.accept("cannot clear " + journal.coming + ", which does no harm: " + e.getMessage());
    }
    for (Path part : List.of(journal.jobs, journal.answers, journal.uploads, journal.coming)) {
      Files.createDirectories(part);
    }
    for (Path job : children(journal.jobs)) {
      journal.load(job);
    }
    return journal;
  }

  private synchronized void load(Path job) throws IOException {
    try (FileChannel channel = FileChannel.open(job, READ)) {
      JournalEntry entry = JournalEntry.decode(trailer(channel));
      if (!job.equals(file(entry.job().id()))) {
        throw new IllegalArgumentException("it is job " + entry.job().id());
      }
      adopt(entry);
    } catch (IllegalArgumentException e) {
      warnings.accept(
          "skipped " + job + ", fetched anew from other nodes if they have it: " + e.getMessage());
      Files.delete(job);
    }
  }

  /** The encoded entry behind the items. */
  private static byte[] trailer(FileChannel channel) throws IOException {
    long end = channel.size() - LENGTH_BYTES;
    if (end < 0) {
      throw new IllegalArgumentException("it ends too early");
    }
    int length = read(channel, end, LENGTH_BYTES).getInt();
    if (length < 0 || length > end) {
      throw new IllegalArgumentException("it ends too early");
    }
    byte[] encoded = read(channel, end - length, length).array();
    if (JournalEntry.decode(encoded).bytes() != end - length) {
      throw new IllegalArgumentException("its items have another size");
    }
    return encoded;
  }

  /** So many bytes from there; {@link IOException} where there are fewer. */
  private static ByteBuffer read(FileChannel channel, long from, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    long at = from;
    while (bytes.hasRemaining()) {
      int read = channel.read(bytes, at);
      if (read < 0) {
        throw new EOFException("it ends after " + at + " bytes");
      }
      at += read;
    }
    return bytes.flip();
  }

  private synchronized void adopt(JournalEntry entry) {
    if (entries.putIfAbsent(entry.job().id(), new Kept(entry, arrived + 1)) == null) {
      arrived++;
      arrivals.put(arrived, entry.job().id());
      bytes += entry.bytes();
    }
  }

  /** All jobs that are here, ordered by id. */
  public synchronized List<JournalEntry> entries() {
    return entries.values().stream().map(Kept::entry).toList();
  }

  /**
   * Jobs that came here.
   *
   * @param last the number of the last of all, counted from 1
   */
  record Arrivals(List<JobId> jobs, long last) {}

  /** Those that came after that number; some may be gone again. */
  synchronized Arrivals arrivedAfter(long number) {
    return new Arrivals(List.copyOf(arrivals.tailMap(number, false).values()), arrived);
  }

  /** One of them. */
  public synchronized Optional<JournalEntry> entry(JobId id) {
    return Optional.ofNullable(entries.get(id)).map(Kept::entry);
  }

  /** How many items of a tenant's submission are here. */
  int uploaded(JobId id, String tenant) throws IOException {
    if (!Files.exists(submission(id, tenant))) {
      return 0;
    }
    try (ItemsFile items = upload(id, tenant)) {
      return items.items();
    }
  }

  /** Takes in a submission's items, after those that are here. */
  ItemsFile upload(JobId id, String tenant) throws IOException {
    return ItemsFile.open(submission(id, tenant));
  }

  /** Where a submission's items lie: what one tenant sent is never another's. */
  private Path submission(JobId id, String tenant) {
    String who = Digest.sha256(tenant.getBytes(StandardCharsets.UTF_8)).toString();
    return uploads.resolve(id + "@" + who.substring(0, WHO_CHARS));
  }

  /** Fails where there is no room for so many more bytes. */
  void requireRoom(long more) throws JobException {
    long used;
    synchronized (this) {
      used = bytes;
    }
    if (used + more > maxBytes) {
      throw new JobException(
          Code.FULL,
          "jobs: their items have %d bytes here, and may have %d (jobs.maxBytes)"
              .formatted(used + more, maxBytes));
    }
  }

  /** Makes a job of a submission: from then on it outlives this process. */
  JournalEntry seal(Job job, ItemsFile items) throws IOException {
    JournalEntry entry = new JournalEntry(job, items.slices());
    items.end(trailer(entry));
    publish(submission(job.id(), job.spec().tenant()), entry);
    return entry;
  }

  private static ByteBuffer trailer(JournalEntry entry) {
    byte[] encoded = entry.encode();
    return ByteBuffer.allocate(encoded.length + LENGTH_BYTES)
        .put(encoded)
        .putInt(encoded.length)
        .flip();
  }

  /** Gives a whole, forced file its final name, unless the job is here. */
  private void publish(Path made, JournalEntry entry) throws IOException {
    synchronized (naming) {
      Optional<JournalEntry> here = entry(entry.job().id());
      if (here.isPresent()) {
        Files.delete(made);
        requireSame(here.get(), entry);
        return;
      }
      Files.move(made, file(entry.job().id()), StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel channel = FileChannel.open(jobs, READ)) {
        channel.force(true);
      }
      adopt(entry);
    }
  }

  /** {@link IOException} where two of one id are not one. */
  public static void requireSame(JournalEntry one, JournalEntry other) throws IOException {
    if (!one.equals(other)) {
      throw new IOException("another job is called " + one.job().id() + " here");
    }
  }

  private Path file(JobId id) {
    return jobs.resolve(id.text());
  }

  /** Takes in a job from another node. */
  public Arrival receive(JournalEntry entry) throws IOException, JobException {
    requireRoom(entry.bytes());
    Path made = Files.createTempFile(coming, "job-", "");
    return new Arrival(entry, made, FileChannel.open(made, READ, WRITE));
  }

  /** A job that comes from another node; one thread. */
  public final class Arrival implements AutoCloseable {
    private final JournalEntry entry;
    private final Path made;
    private final FileChannel channel;

    private Arrival(JournalEntry entry, Path made, FileChannel channel) {
      this.entry = entry;
      this.made = made;
      this.channel = channel;
    }

    /** Takes what remains in the buffer. */
    public void add(ByteBuffer items) throws IOException {
      if (channel.position() + items.remaining() > entry.bytes()) {
        throw new IOException("job " + entry.job().id() + ": more bytes than its slices have");
      }
      while (items.hasRemaining()) {
        channel.write(items);
      }
    }

    /** Compares all digests and makes it visible, forced to disk. */
    public void commit() throws IOException {
      for (int i = 0; i < entry.slices().size(); i++) {
        var unused = checked(entry, i, channel);
      }
      ByteBuffer trailer = trailer(entry);
      while (trailer.hasRemaining()) {
        channel.write(trailer);
      }
      channel.force(true);
      channel.close();
      publish(made, entry);
    }

    /** Forgets it; harmless after {@link #commit}. */
    @Override
    public void close() throws IOException {
      channel.close();
      Files.deleteIfExists(made);
    }
  }

  /** A slice's items. {@link IOException} where they cannot be read, or are others. */
  public List<byte[]> items(JournalEntry entry, int slice) throws IOException {
    try (FileChannel channel = FileChannel.open(file(entry.job().id()), READ)) {
      return ItemsFile.split(checked(entry, slice, channel));
    }
  }

  /** Takes a job's items, piece by piece, as they lie in its file. */
  public interface Pieces {
    /** The next. */
    void take(ByteBuffer piece) throws IOException;
  }

  /** Reads all of a job's items, in pieces of at most 256 KiB. */
  public void read(JournalEntry entry, Pieces pieces) throws IOException {
    try (FileChannel channel = FileChannel.open(file(entry.job().id()), READ)) {
      for (long at = 0; at < entry.bytes(); ) {
        int length = (int) Math.min(PIECE_BYTES, entry.bytes() - at);
        pieces.take(read(channel, at, length));
        at += length;
      }
    }
  }

  private static ByteBuffer checked(JournalEntry entry, int slice, FileChannel channel)
      throws IOException {
    JournalEntry.Part part = entry.slices().get(slice);
    long from = entry.begin(slice);
    ByteBuffer bytes = read(channel, from, Math.toIntExact(part.end() - from));
    if (!Digest.sha256(bytes).equals(part.digest())) {
      throw new IOException(
          "slice " + slice + " of job " + entry.job().id() + " is not what it was: its disk fails");
    }
    return bytes;
  }

  /** Keeps a large answer, forced to disk; nothing where the job is not here any more. */
  public void keepAnswer(JobId id, Digest digest, byte[] answer) throws IOException {
    Path own = answers.resolve(id.text());
    if (entry(id).isPresent()) {
      Files.createDirectories(own);
      DurableFiles.replace(own.resolve(digest.toString()), answer);
    }
  }

  /** A large answer, if it is here whole. */
  public Optional<byte[]> answer(JobId id, Digest digest) throws IOException {
    Path file = answers.resolve(id.text()).resolve(digest.toString());
    try {
      byte[] answer = Files.readAllBytes(file);
      return Digest.sha256(answer).equals(digest) ? Optional.of(answer) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Deletes a job with all that belongs to it. */
  public void remove(JobId id) throws IOException {
    synchronized (naming) {
      forget(id);
      Files.deleteIfExists(file(id));
    }
    delete(answers.resolve(id.text()));
  }

  private synchronized void forget(JobId id) {
    Kept gone = entries.remove(id);
    if (gone != null) {
      arrivals.remove(gone.number());
      bytes -= gone.entry().bytes();
    }
  }

  /** Deletes submissions that broke off before then, in milliseconds since the epoch. */
  void clearUploads(long beforeMillis) throws IOException {
    for (Path upload : children(uploads)) {
      if (Files.getLastModifiedTime(upload).toMillis() < beforeMillis) {
        Files.deleteIfExists(upload);
      }
    }
  }

  private static List<Path> children(Path directory) throws IOException {
    List<Path> children = new ArrayList<>();
    try (var entries = Files.newDirectoryStream(directory)) {
      entries.forEach(children::add);
    }
    Collections.sort(children);
    return children;
  }

  private static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(tree)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }
}
