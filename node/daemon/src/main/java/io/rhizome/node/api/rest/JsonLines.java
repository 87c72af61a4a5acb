// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import io.rhizome.node.jobs.JobException;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.node.serving.ErrorCode;
import io.rhizome.node.serving.InFlightBytes;
import java.util.Arrays;

/**
 * Cuts a body into its lines as it arrives, and holds no more of it than one line. One thread at a
 * time.
 */
final class JsonLines implements AutoCloseable {
  private static final int FIRST_BYTES = 4 << 10;

  private final Line line;
  private final BodyReader.Limit limit;
  private final InFlightBytes inFlight;
  private final InFlightBytes.Hold hold;
  private byte[] bytes = {};
  private int length;
  private int number = 1;

  /** What is done with each line that is not blank. */
  interface Line {
    void take(byte[] line) throws MalformedException, RefusedException, JobException;
  }

  /** Lines of up to {@code limit}, whose bytes count as those of requests in flight. */
  JsonLines(Line line, BodyReader.Limit limit, InFlightBytes inFlight) {
    this.line = line;
    this.limit = limit;
    this.inFlight = inFlight;
    this.hold = inFlight.hold();
  }

  /** Takes what comes next of the body. */
  void feed(byte[] part) throws MalformedException, RefusedException, JobException {
    int start = 0;
    for (int i = 0; i < part.length; i++) {
      if (part[i] == '\n') {
        keep(part, start, i);
        end();
        start = i + 1;
      }
    }
    keep(part, start, part.length);
  }

  private void keep(byte[] part, int from, int to) throws RefusedException {
    int more = to - from;
    if (more > limit.bytes() - length) {
      throw RefusedException.tooLarge(
          "line %d has more than %d bytes (%s)".formatted(number, limit.bytes(), limit.by()));
    }
    if (length + more > bytes.length) {
      long doubled = Math.max(FIRST_BYTES, 2L * bytes.length);
      int capacity = (int) Math.max(length + more, Math.min(doubled, limit.bytes()));
      if (!hold.grow(capacity - bytes.length)) {
        throw new RefusedException(ErrorCode.OVERLOADED, inFlight.refusal());
      }
      bytes = Arrays.copyOf(bytes, capacity);
    }
    System.arraycopy(part, from, bytes, length, more);
    length += more;
  }

  /** The body ends, with a line end or without. */
  void end() throws MalformedException, RefusedException, JobException {
    byte[] whole = Arrays.copyOf(bytes, length);
    length = 0;
    if (!blank(whole)) {
      try {
        line.take(whole);
      } catch (MalformedException e) {
        throw new MalformedException("line " + number + ": " + e.getMessage(), e);
      }
    }
    number++;
  }

  private static boolean blank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }

  /** Gives its room back. */
  @Override
  public void close() {
    hold.release();
  }
}
