// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ChunkerPropertyTest {
  @Property(tries = 20)
  void boundariesDependOnTheContentAloneAndKeepTheirBounds(
      @ForAll long seed, @ForAll @IntRange(max = 6 << 20) int size) {
    byte[] content = random(seed, size);

    List<Integer> lengths = cut(content, content.length + 1);

    assertThat(cut(content, 65_537)).isEqualTo(lengths);
    assertThat(lengths.stream().mapToInt(Integer::intValue).sum()).isEqualTo(size);
    for (int i = 0; i < lengths.size(); i++) {
      assertThat(lengths.get(i)).isBetween(1, Chunker.MAX_BYTES);
      if (i < lengths.size() - 1) {
        assertThat(lengths.get(i)).isGreaterThanOrEqualTo(Chunker.MIN_BYTES);
      }
    }
  }

  @Property(tries = 5)
  void anInsertionLeavesMostChunksAsTheyWere(@ForAll long seed) {
    byte[] content = random(seed, 24 << 20);
    byte[] changed = new byte[content.length + 100];
    System.arraycopy(content, 0, changed, 0, 5 << 20);
    System.arraycopy(content, 5 << 20, changed, (5 << 20) + 100, content.length - (5 << 20));

    SortedSet<Digest> before = digests(content);
    int all = before.size();
    before.retainAll(digests(changed));

    assertThat(before.size()).isGreaterThanOrEqualTo(all / 2);
  }

  @Test
  void randomContentIsCutNearTheTarget() {
    int size = 64 << 20;
    int mean = size / cut(random(1, size), size).size();

    assertThat(mean).isBetween(Chunker.TARGET_BYTES / 2, Chunker.TARGET_BYTES * 3 / 2);
  }

  @Test
  void contentWithoutVarietyIsCutAtTheMaximum() {
    assertThat(cut(new byte[5 << 20], 5 << 20)).contains(Chunker.MAX_BYTES);
  }

  @Test
  void anIndexHasNoGaps() {
    Digest digest = Digest.sha256(new byte[0]);
    assertThat(new ChunkIndex(List.of()).bytes()).isZero();
    assertThat(new ChunkIndex(List.of(new Chunk(0, 3, digest), new Chunk(3, 4, digest))).bytes())
        .isEqualTo(7);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChunkIndex(List.of(new Chunk(0, 3, digest), new Chunk(4, 4, digest))))
        .withMessageContaining("must start at 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Chunk(0, Chunker.MAX_BYTES + 1, digest))
        .withMessageContaining("length");
  }

  private static byte[] random(long seed, int size) {
    byte[] content = new byte[size];
    new Random(seed).nextBytes(content);
    return content;
  }

  private static List<Integer> cut(byte[] content, int step) {
    List<Integer> lengths = new ArrayList<>();
    Chunker chunker = new Chunker();
    int start = 0;
    for (int from = 0; from < content.length; from += step) {
      ByteBuffer piece = ByteBuffer.wrap(content, from, Math.min(step, content.length - from));
      while (piece.hasRemaining()) {
        if (chunker.take(piece)) {
          lengths.add(piece.position() - start);
          start = piece.position();
        }
      }
    }
    if (start < content.length) {
      lengths.add(content.length - start);
    }
    return lengths;
  }

  private static SortedSet<Digest> digests(byte[] content) {
    SortedSet<Digest> digests = new TreeSet<>();
    int start = 0;
    for (int length : cut(content, content.length)) {
      digests.add(Digest.sha256(Arrays.copyOfRange(content, start, start + length)));
      start += length;
    }
    return digests;
  }
}
