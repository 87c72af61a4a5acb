// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs.ignite;

import io.rhizome.node.jobs.Job;
import io.rhizome.node.jobs.JobStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A job as Ignite stores it: bytes of our own, which later versions can read. */
final class JobCodec {
  private static final int FORMAT = 2;

  private JobCodec() {}

  static byte[] encode(JobStore.Entry entry) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeBoolean(entry.cancelled());
      out.writeInt(entry.round());
      entry.job().write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static JobStore.Entry decode(byte[] stored) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(stored))) {
      int format = in.readUnsignedByte();
      if (format != FORMAT) {
        throw new IllegalArgumentException("format " + format + " of a job is not known here");
      }
      boolean cancelled = in.readBoolean();
      int round = in.readInt();
      return new JobStore.Entry(Job.read(in), cancelled, round);
    } catch (IOException e) {
      throw new IllegalArgumentException(stored.length + " bytes are no job", e);
    }
  }
}
