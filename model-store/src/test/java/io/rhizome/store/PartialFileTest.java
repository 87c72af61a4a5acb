// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartialFileTest {
  private static final byte[] CONTENT = new byte[1_000_000];

  static {
    new Random(1).nextBytes(CONTENT);
  }

  @TempDir private Path directory;
  private final Manifest.File file = Manifests.file("model.pt", CONTENT);
  private final ChunkIndex index = index(CONTENT, 300_000);
  private FileModelStore store;

  @BeforeEach
  void openStore() throws IOException {
    store = open();
  }

  @Test
  void putsChunksTogetherInAnyOrder() throws IOException {
    try (PartialFile partial = store.resume(file)) {
      assertThat(partial.index()).isEmpty();
      assertThat(partial.follow(index)).isEqualTo(new BitSet());
      for (int i : new int[] {3, 0, 2, 1}) {
        assertThat(store.has(file)).isFalse();
        assertThat(write(partial, i, CONTENT)).isTrue();
        if (i == 0) {
          partial.settle(index.chunks().get(1).offset());
        }
      }
      partial.commit(index);
    }

    assertThat(blob()).hasBinaryContent(CONTENT);
    assertThat(store.index(file.digest())).isEqualTo(index);
    assertThat(incoming()).isEmptyDirectory();
  }

  @Test
  void goesOnAfterARestartWithWhatArrivedAndIsStillRight() throws IOException {
    try (PartialFile partial = store.resume(file)) {
      partial.follow(index);
      for (int i : new int[] {0, 1, 3}) {
        write(partial, i, CONTENT);
      }
    }
    Path data = incoming().resolve(file.digest().toString());
    byte[] arrived = Files.readAllBytes(data);
    arrived[350_000] ^= 1;
    Files.write(data, arrived);

    store = open();
    try (PartialFile partial = store.resume(file)) {
      assertThat(partial.index()).contains(index);
      BitSet right = new BitSet();
      right.set(0);
      right.set(3);
      assertThat(partial.follow(index)).isEqualTo(right);
      write(partial, 1, CONTENT);
      write(partial, 2, CONTENT);
      partial.commit(index);
    }
    assertThat(blob()).hasBinaryContent(CONTENT);
  }

  @Test
  void writesNothingThatIsNotTheChunk() throws IOException {
    byte[] other = CONTENT.clone();
    other[310_000] ^= 1;
    try (PartialFile partial = store.resume(file)) {
      partial.follow(index);
      Chunk second = index.chunks().get(1);
      assertThat(write(partial, 1, other)).isFalse();
      assertThat(partial.write(second, ByteBuffer.wrap(CONTENT, 300_000, 299_999))).isFalse();
      assertThat(write(partial, 3, CONTENT)).isTrue();
    }
    try (PartialFile partial = store.resume(file)) {
      assertThat(partial.follow(index).cardinality()).isEqualTo(1);
    }
  }

  @Test
  void anIndexThatLiesIsDroppedAndItsRightChunksAreKept() throws IOException {
    byte[] other = CONTENT.clone();
    other[310_000] ^= 1;
    ChunkIndex lie = index(other, 300_000);
    try (PartialFile partial = store.resume(file)) {
      partial.follow(lie);
      for (int i = 0; i < 4; i++) {
        write(partial, i, other);
      }
      partial.settle(file.bytes());
      assertThatExceptionOfType(DamagedFileException.class)
          .isThrownBy(() -> partial.commit(lie))
          .withMessageContaining("model.pt")
          .withMessageContaining(file.digest().toString());
      assertThat(store.has(file)).isFalse();
      assertThat(partial.index()).isEmpty();

      assertThat(partial.follow(index).cardinality()).isEqualTo(3);
      write(partial, 1, CONTENT);
      partial.commit(index);
    }
    assertThat(blob()).hasBinaryContent(CONTENT);
  }

  @Test
  void refusesAnIndexOfAnotherSizeAndAFileThatIsTooLarge() throws IOException {
    try (PartialFile partial = store.resume(file)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> partial.follow(index(Arrays.copyOf(CONTENT, 999_999), 300_000)))
          .withMessageContaining("999999");
    }
    FileModelStore small = FileModelStore.open(directory, Manifests::parse, 999_999, warning -> {});
    assertThatIOException().isThrownBy(() -> small.resume(file)).withMessageContaining("999999");
  }

  @Test
  void leavesNothingWhenDiscarded() throws IOException {
    PartialFile partial = store.resume(file);
    partial.follow(index);
    write(partial, 0, CONTENT);
    partial.discard();
    assertThat(incoming()).isEmptyDirectory();
  }

  @Test
  void keepsFewUnfinishedFilesAndDropsTheOldest() throws IOException {
    for (int i = 0; i < 20; i++) {
      Manifest.File other = Manifests.file("f", ("file " + i).getBytes(StandardCharsets.UTF_8));
      try (PartialFile partial = store.resume(other)) {
        partial.follow(new ChunkIndex(List.of(new Chunk(0, (int) other.bytes(), other.digest()))));
      }
      Files.setLastModifiedTime(
          incoming().resolve(other.digest().toString()), FileTime.fromMillis(1000 + i));
    }
    try (var files = Files.list(incoming())) {
      assertThat(files).hasSize(32).noneMatch(path -> path.endsWith(first().toString()));
    }
  }

  @Test
  void anIndexSurvivesItsEncodingAndOneOfAnotherSizeIsRefused() {
    int large = Chunker.MIN_BYTES;
    ChunkIndex two =
        new ChunkIndex(List.of(new Chunk(0, large, first()), new Chunk(large, 5, file.digest())));
    assertThat(ChunkIndex.parse(two.encode(), large + 5)).isEqualTo(two);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChunkIndex.parse(two.encode(), large + 6))
        .withMessageContaining("has " + (large + 6));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChunkIndex.parse(index.encode(), 1000))
        .withMessageContaining("cannot have 144");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChunkIndex.parse(new byte[35], 1000))
        .withMessageContaining("35");
  }

  private static Digest first() {
    return Digest.sha256("file 0".getBytes(StandardCharsets.UTF_8));
  }

  private static ChunkIndex index(byte[] content, int step) {
    List<Chunk> chunks = new ArrayList<>();
    for (int at = 0; at < content.length; at += step) {
      int length = Math.min(step, content.length - at);
      chunks.add(new Chunk(at, length, Digest.sha256(ByteBuffer.wrap(content, at, length))));
    }
    return new ChunkIndex(chunks);
  }

  private boolean write(PartialFile partial, int i, byte[] content) throws IOException {
    Chunk chunk = index.chunks().get(i);
    ByteBuffer bytes = ByteBuffer.wrap(content, (int) chunk.offset(), chunk.length());
    return partial.write(chunk, bytes);
  }

  private Path incoming() {
    return directory.resolve("incoming");
  }

  private Path blob() {
    return directory.resolve("blobs").resolve(file.digest().toString());
  }

  private FileModelStore open() throws IOException {
    return FileModelStore.open(
        directory, Manifests::parse, FileModelStore.DEFAULT_MAX_FILE_BYTES, warning -> {});
  }
}
