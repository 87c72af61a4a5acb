// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Results of a slice's items as they are stored together: of each item the first one stands. */
public final class SliceResults {
  private static final byte FORMAT = 1;
  private static final int HEAD_BYTES = 4 + 1 + 4;

  private SliceResults() {}

  /** Results by item; of those of {@code later} only what {@code first} has none of. */
  public static List<ItemResult> merge(List<ItemResult> first, List<ItemResult> later) {
    TreeMap<Integer, ItemResult> all = new TreeMap<>();
    first.forEach(result -> all.put(result.item(), result));
    later.forEach(result -> all.putIfAbsent(result.item(), result));
    return List.copyOf(all.values());
  }

  /** Those that did not fail. */
  public static List<ItemResult> good(List<ItemResult> results) {
    return results.stream().filter(result -> !result.failed()).toList();
  }

  /** As they are stored. */
  public static byte[] encode(List<ItemResult> results) {
    int bytes = 1;
    for (ItemResult result : results) {
      bytes += HEAD_BYTES + result.value().length;
    }
    ByteBuffer out = ByteBuffer.allocate(bytes).put(FORMAT);
    for (ItemResult result : results) {
      out.putInt(result.item()).put((byte) result.kind().code()).putInt(result.value().length);
      out.put(result.value());
    }
    return out.array();
  }

  /** Reads what {@link #encode} wrote; {@link IllegalArgumentException} where it is not that. */
  public static List<ItemResult> decode(byte[] stored) {
    ByteBuffer in = ByteBuffer.wrap(stored);
    List<ItemResult> results = new ArrayList<>();
    try {
      if (in.get() != FORMAT) {
        throw new IllegalArgumentException("results of a format that is not known here");
      }
      while (in.hasRemaining()) {
        int item = in.getInt();
        ItemResult.Kind kind = ItemResult.Kind.of(in.get());
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
          throw new IllegalArgumentException("results that end within an item");
        }
        byte[] value = new byte[length];
        in.get(value);
        results.add(new ItemResult(item, kind, value));
      }
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("results that end within an item", e);
    }
    return results;
  }
}
