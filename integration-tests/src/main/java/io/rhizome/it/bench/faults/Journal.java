// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import java.util.Arrays;

/**
 * What became of requests, every one kept, in room that is there before the first. One thread
 * writes; others read when it has stopped.
 */
final class Journal {
  private static final int ROOM = 1 << 14;

  private long[] starts = new long[ROOM];
  private long[] ends = new long[ROOM];
  private Ending[] endings = new Ending[ROOM];
  private byte[] servers = new byte[ROOM];
  private int count;

  /**
   * Keeps one more.
   *
   * @param start when it was sent, or should have been, on the {@link System#nanoTime()} scale
   * @param end when it ended, on the same scale
   * @param server the node that answered, counted from 1; 0 for none
   */
  void add(long start, long end, Ending ending, int server) {
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, 2 * count);
      ends = Arrays.copyOf(ends, 2 * count);
      endings = Arrays.copyOf(endings, 2 * count);
      servers = Arrays.copyOf(servers, 2 * count);
    }
    starts[count] = start;
    ends[count] = end;
    endings[count] = ending;
    servers[count] = (byte) server;
    count++;
  }

  int count() {
    return count;
  }

  long start(int i) {
    return starts[i];
  }

  long end(int i) {
    return ends[i];
  }

  boolean is(int i, Ending ending) {
    return endings[i] == ending;
  }

  int server(int i) {
    return servers[i];
  }
}
