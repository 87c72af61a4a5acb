// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * A job that was accepted. Immutable; its items are numbered from 0.
 *
 * @param spec what was asked for
 * @param items how many, 1 to {@value #MAX_ITEMS}
 * @param submittedMillis when it was accepted, since the epoch
 */
public record Job(JobSpec spec, int items, long submittedMillis) {
  /** Most items of one job. */
  public static final int MAX_ITEMS = 1_000_000;

  /** Items that are claimed together. */
  public static final int SLICE_ITEMS = 16;

  public Job {
    if (items < 1 || items > MAX_ITEMS) {
      throw new IllegalArgumentException(
          "items: a job has 1 to " + MAX_ITEMS + ", not " + items + "; split it");
    }
  }

  /** What names it. */
  public JobId id() {
    return spec.id();
  }

  /** When it is deleted with its results, since the epoch. */
  public long expiresMillis() {
    return submittedMillis + spec.expires().toMillis();
  }

  /** In how many slices its items are claimed. */
  public int slices() {
    return (items + SLICE_ITEMS - 1) / SLICE_ITEMS;
  }

  /** One of them, counted from 0. */
  public Slice slice(int number) {
    int first = Math.multiplyExact(number, SLICE_ITEMS);
    if (number < 0 || first >= items) {
      throw new IllegalArgumentException("job " + id() + " has no slice " + number);
    }
    return new Slice(id(), number, first, Math.min(SLICE_ITEMS, items - first));
  }

  /** Writes it as {@link #read} reads it. */
  public void write(DataOutput out) throws IOException {
    out.writeUTF(spec.id().text());
    out.writeUTF(spec.tenant());
    out.writeUTF(spec.model());
    out.writeLong(spec.version());
    out.writeByte(spec.priority());
    out.writeLong(spec.expires().toSeconds());
    out.writeUTF(spec.source().region());
    out.writeUTF(spec.source().site());
    out.writeByte(spec.placement().objective().code());
    out.writeUTF(spec.placement().window().map(Window::toString).orElse(""));
    out.writeBoolean(spec.placement().mains());
    out.writeInt(items);
    out.writeLong(submittedMillis);
  }

  /** Reads one; {@link IllegalArgumentException} where a value may not be. */
  public static Job read(DataInput in) throws IOException {
    JobSpec spec =
        new JobSpec(
            new JobId(in.readUTF()),
            in.readUTF(),
            in.readUTF(),
            in.readLong(),
            in.readByte(),
            Duration.ofSeconds(in.readLong()),
            new JobSource(in.readUTF(), in.readUTF()),
            placement(in));
    return new Job(spec, in.readInt(), in.readLong());
  }

  private static Placement placement(DataInput in) throws IOException {
    Placement.Objective objective = Placement.Objective.of(in.readByte());
    String window = in.readUTF();
    return new Placement(
        objective,
        window.isEmpty() ? Optional.empty() : Optional.of(Window.parse(window)),
        in.readBoolean());
  }
}
