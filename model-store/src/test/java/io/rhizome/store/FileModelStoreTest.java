// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileModelStoreTest {
  private static final byte[] CONTENT = "weights".getBytes(StandardCharsets.UTF_8);
  private static final byte[] EXTRA = "labels".getBytes(StandardCharsets.UTF_8);

  private static final Chunk CHUNK = new Chunk(1, 4, Digest.sha256(ByteBuffer.wrap(CONTENT, 1, 4)));

  @TempDir private Path directory;
  private final List<String> warnings = new ArrayList<>();
  private final Manifest.File model = Manifests.file("model.pt", CONTENT);
  private final Manifest.File labels = Manifests.file("labels.txt", EXTRA);
  private final SignedManifest digits = Manifests.signed("digits", 1, model, labels);
  private FileModelStore store;

  @BeforeEach
  void openStore() throws IOException {
    store = open();
  }

  @Test
  void keepsAModelOverARestart() throws IOException {
    storeDigits();

    store = open();

    assertThat(store.manifests()).hasSize(1);
    SignedManifest back = store.manifests().get(0);
    assertThat(back.id()).isEqualTo(digits.id());
    assertThat(back.manifest()).isEqualTo(digits.manifest());
    assertThat(back.signer()).isEqualTo(digits.signer());
    assertThat(back.signature()).isEqualTo(digits.signature());
    assertThat(warnings).isEmpty();
  }

  @Test
  void laysFilesOutUnderTheirOwnNames() throws IOException {
    storeDigits();

    Path laidOut = store.materialise(digits);

    assertThat(laidOut.resolve("model.pt")).hasBinaryContent(CONTENT);
    assertThat(laidOut.resolve("labels.txt")).hasBinaryContent(EXTRA);
    assertThat(store.materialise(digits)).isEqualTo(laidOut);
  }

  @Test
  void refusesWrongBytesAndKeepsNothingOfThem() throws IOException {
    BlobWriter writer = store.begin(model);
    writer.write(ByteBuffer.wrap("WEIGHTS".getBytes(StandardCharsets.UTF_8)));

    assertThatExceptionOfType(DamagedFileException.class)
        .isThrownBy(writer::commit)
        .withMessageContaining("model.pt")
        .withMessageContaining(model.digest().toString());
    assertThat(store.has(model)).isFalse();
    assertThat(directory.resolve("partial")).isEmptyDirectory();
  }

  @Test
  void refusesAFileThatIsTooShortOrTooLong() throws IOException {
    BlobWriter shorter = store.begin(model);
    shorter.write(ByteBuffer.wrap(CONTENT, 0, 3));
    assertThatExceptionOfType(DamagedFileException.class)
        .isThrownBy(shorter::commit)
        .withMessageContaining("3 of 7");

    BlobWriter longer = store.begin(model);
    assertThatExceptionOfType(DamagedFileException.class)
        .isThrownBy(() -> longer.write(ByteBuffer.allocate(8)))
        .withMessageContaining("longer");
    longer.abort();
    assertThat(directory.resolve("partial")).isEmptyDirectory();
  }

  @Test
  void refusesAFileBeyondItsSizeBound() throws IOException {
    FileModelStore small =
        FileModelStore.open(directory, Manifests::parse, CONTENT.length - 1, warnings::add);

    assertThatIOException().isThrownBy(() -> small.begin(model)).withMessageContaining("7 bytes");
  }

  @Test
  void doesNotPublishAModelBeforeAllItsFiles() throws IOException {
    write(model, CONTENT);

    assertThatIOException().isThrownBy(() -> store.put(digits)).withMessageContaining("labels.txt");
    assertThat(store.manifests()).isEmpty();
  }

  @Test
  void aKillAtAnyStepLeavesNothingHalfVisible() throws IOException {
    store.begin(model).write(ByteBuffer.wrap(CONTENT, 0, 3));
    store = open();
    assertThat(directory.resolve("partial")).isEmptyDirectory();

    write(model, CONTENT);
    store = open();
    assertThat(directory.resolve("blobs")).isEmptyDirectory();

    storeDigits();
    Files.delete(directory.resolve("manifests").resolve(digits.id() + ".json"));
    store = open();
    assertThat(store.manifests()).isEmpty();
    assertThat(directory.resolve("manifests")).isEmptyDirectory();
    assertThat(directory.resolve("blobs")).isEmptyDirectory();
    assertThat(warnings).isEmpty();
  }

  @Test
  void setsAsideAFileThatRotted() throws IOException {
    storeDigits();
    store = open();
    Path blob = directory.resolve("blobs").resolve(model.digest().toString());
    Files.writeString(blob, "wEights");

    assertThatExceptionOfType(DamagedFileException.class)
        .isThrownBy(() -> store.materialise(digits));
    assertThat(warnings).singleElement().asString().contains(blob.toString()).contains("damaged");
    assertThat(store.has(model)).isFalse();
    assertThat(directory.resolve("damaged").resolve(model.digest().toString())).exists();
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> store.chunk(model.digest(), CHUNK));
  }

  @Test
  void givesOutNoRottenChunkToPeers() throws IOException {
    storeDigits();
    store = open();
    Files.writeString(directory.resolve("blobs").resolve(model.digest().toString()), "wEights");

    assertThatExceptionOfType(DamagedFileException.class)
        .isThrownBy(() -> store.chunk(model.digest(), CHUNK))
        .withMessageContaining(model.digest().shortName())
        .withMessageContaining("offset 1");
  }

  @Test
  void readsAChunkByFileAndPlace() throws IOException {
    storeDigits();

    assertThat(store.chunk(model.digest(), CHUNK)).isEqualTo(ByteBuffer.wrap(CONTENT, 1, 4));
    Chunk beyond = new Chunk(5, 4, CHUNK.digest());
    assertThatExceptionOfType(DamagedFileException.class)
        .isThrownBy(() -> store.chunk(model.digest(), beyond));
  }

  @Test
  void knowsHowAFileIsCutEvenWhereTheIndexWasLostOrSpoilt() throws IOException {
    storeDigits();
    ChunkIndex index = store.index(model.digest());
    assertThat(index.chunks()).containsExactly(new Chunk(0, CONTENT.length, model.digest()));

    Path kept = directory.resolve("indexes").resolve(model.digest().toString());
    Files.writeString(kept, "spoilt");
    assertThat(store.index(model.digest())).isEqualTo(index);
    Files.delete(kept);
    assertThat(store.index(model.digest())).isEqualTo(index);
    assertThat(kept).hasBinaryContent(index.encode());
  }

  @Test
  void skipsAndReportsDamagedManifestsAndKeepsTheirFiles() throws IOException {
    storeDigits();
    Path json = directory.resolve("manifests").resolve(digits.id() + ".json");
    Files.writeString(json, "digits 9");

    store = open();

    assertThat(store.manifests()).isEmpty();
    assertThat(warnings).singleElement().asString().contains(json.toString()).contains("digest");
    assertThat(store.has(model)).isTrue();
  }

  @Test
  void skipsAndReportsAModelWithoutItsSignatureOrFiles() throws IOException {
    storeDigits();
    Path signature = directory.resolve("manifests").resolve(digits.id() + ".sig");
    byte[] kept = Files.readAllBytes(signature);
    Files.delete(signature);
    assertThat(open().manifests()).isEmpty();

    Files.write(signature, kept);
    Files.delete(directory.resolve("blobs").resolve(labels.digest().toString()));
    assertThat(open().manifests()).isEmpty();

    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(0)).contains(".sig is missing");
    assertThat(warnings.get(1)).contains("'labels.txt'");
  }

  @Test
  void removesAModelButNotTheFilesThatAnotherShares() throws IOException {
    storeDigits();
    SignedManifest second = Manifests.signed("digits", 2, model);
    store.put(second);
    store.materialise(digits);

    store.remove(digits);

    assertThat(store.manifests()).containsExactly(second);
    assertThat(store.has(model)).isTrue();
    assertThat(store.has(labels)).isFalse();
    assertThat(directory.resolve("links")).isEmptyDirectory();
  }

  @Test
  void discardsTheFilesOfAModelThatWasRefused() throws IOException {
    write(model, CONTENT);
    SignedManifest refused = Manifests.signed("digits", 1, model);
    store.materialise(refused);

    store.discard(refused);

    assertThat(directory.resolve("blobs")).isEmptyDirectory();
    assertThat(directory.resolve("indexes")).isEmptyDirectory();
    assertThat(directory.resolve("links")).isEmptyDirectory();
  }

  @Test
  void garbageIsWhatBelongsToNoModelAndNothingElse() throws IOException {
    storeDigits();
    store.materialise(digits);
    assertThat(store.garbage()).isEmpty();
    Manifest.File half = Manifests.file("half.pt", "half of it".getBytes(StandardCharsets.UTF_8));
    try (PartialFile partial = store.resume(half)) {
      partial.follow(new ChunkIndex(List.of(new Chunk(0, (int) half.bytes(), half.digest()))));
    }
    Manifest.File unused = Manifests.file("unused.pt", new byte[] {1, 2});
    write(unused, new byte[] {1, 2});
    Files.createDirectories(directory.resolve("damaged"));
    Files.writeString(directory.resolve("damaged/rotten"), "rot");

    List<Garbage> garbage = store.garbage();

    assertThat(garbage)
        .contains(
            new Garbage(Path.of("incoming", half.digest().toString()), 0, Garbage.Kind.UNFINISHED),
            new Garbage(Path.of("damaged/rotten"), 3, Garbage.Kind.DAMAGED),
            new Garbage(Path.of("blobs", unused.digest().toString()), 2, Garbage.Kind.UNUSED))
        .extracting(each -> String.valueOf(each.file().getFileName()))
        .doesNotContain(model.digest().toString(), labels.digest().toString());

    store.delete(garbage);
    assertThat(store.garbage()).isEmpty();
    assertThat(store.has(model)).isTrue();
    assertThat(store.has(unused)).isFalse();
  }

  @Test
  void whileAManifestCannotBeReadNoFileCountsAsUnused() throws IOException {
    storeDigits();
    Files.writeString(directory.resolve("manifests").resolve(digits.id() + ".json"), "spoilt");
    store = open();

    assertThat(store.garbage()).isEmpty();
    assertThat(store.has(model)).isTrue();
  }

  private FileModelStore open() throws IOException {
    return FileModelStore.open(
        directory, Manifests::parse, FileModelStore.DEFAULT_MAX_FILE_BYTES, warnings::add);
  }

  private void storeDigits() throws IOException {
    write(model, CONTENT);
    write(labels, EXTRA);
    store.put(digits);
  }

  private void write(Manifest.File file, byte[] content) throws IOException {
    BlobWriter writer = store.begin(file);
    writer.write(ByteBuffer.wrap(content));
    writer.commit();
  }
}
