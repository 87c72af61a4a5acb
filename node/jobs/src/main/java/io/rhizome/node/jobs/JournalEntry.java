// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import io.rhizome.store.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A job and where in its file of items each slice lies. Immutable.
 *
 * @param slices in order, one for each of the job's slices
 */
public record JournalEntry(Job job, List<Part> slices) {
  private static final int FORMAT = 2;

  /**
   * A slice's bytes.
   *
   * @param end where they end, and the next slice's begin
   * @param digest of these bytes
   */
  public record Part(long end, Digest digest) {}

  public JournalEntry {
    slices = List.copyOf(slices);
    if (slices.size() != job.slices()) {
      throw new IllegalArgumentException(
          "job " + job.id() + " has " + job.slices() + " slices, not " + slices.size());
    }
  }

  /** Where a slice's bytes begin. */
  public long begin(int slice) {
    return slice == 0 ? 0 : slices.get(slice - 1).end();
  }

  /** How many bytes all items have, with what they are framed by. */
  public long bytes() {
    return slices.get(slices.size() - 1).end();
  }

  /** As it is stored and sent. */
  public byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      job.write(out);
      for (Part part : slices) {
        out.writeLong(part.end());
        out.write(part.digest().bytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Reads what {@link #encode} wrote; {@link IllegalArgumentException} where it is not that. */
  public static JournalEntry decode(byte[] stored) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(stored))) {
      int format = in.readUnsignedByte();
      if (format != FORMAT) {
        throw new IllegalArgumentException("format " + format + " of a job is not known here");
      }
      Job job = Job.read(in);
      List<Part> slices = new ArrayList<>();
      long before = 0;
      for (int i = 0; i < job.slices(); i++) {
        long end = in.readLong();
        if (end <= before || end - before > Integer.MAX_VALUE) {
          throw new IllegalArgumentException(
              "slice " + i + " of job " + job.id() + " ends at " + end);
        }
        before = end;
        slices.add(new Part(end, Digest.of(in.readNBytes(Digest.BYTES))));
      }
      return new JournalEntry(job, slices);
    } catch (IOException e) {
      throw new IllegalArgumentException(stored.length + " bytes are no job", e);
    }
  }
}
