// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.coordinate;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A node's place, as it tells others: a point in {@link #DIMENSIONS} Euclidean dimensions, the
 * height above it (what each of its packets pays before it reaches the network's core; Vivaldi,
 * section 5.4), an adjustment for what no such space can express, and the node's own confidence.
 *
 * <p>All in seconds save the error, which is relative. Immutable; compared by content; safe from
 * any thread. Every coordinate is within the bounds below, whoever sent it.
 */
public final class Coordinate {
  /** Dimensions of the Euclidean part. */
  public static final int DIMENSIONS = 8;

  /** Length on the wire: eleven big-endian floats. */
  public static final int BYTES = (DIMENSIONS + 3) * Float.BYTES;

  /** No component, height or adjustment is further from zero than this, in seconds. */
  public static final float MAX_SECONDS = 10;

  /** The least height, in seconds: it keeps two nodes at one point apart. */
  public static final float MIN_HEIGHT_SECONDS = 1e-6f;

  /** The error of a node that knows nothing yet. */
  public static final float MAX_ERROR = 1.5f;

  /** Where every node begins. */
  public static final Coordinate ORIGIN =
      new Coordinate(new float[DIMENSIONS], MIN_HEIGHT_SECONDS, 0, MAX_ERROR);

  private static final double NANOS_PER_SECOND = 1e9;

  private final float[] point;
  private final float height;
  private final float adjustment;
  private final float error;

  private Coordinate(float[] point, float height, float adjustment, float error) {
    this.point = point;
    this.height = height;
    this.adjustment = adjustment;
    this.error = error;
  }

  /**
   * A coordinate of these parts.
   *
   * @param point {@link #DIMENSIONS} components, copied, each within plus and minus {@link
   *     #MAX_SECONDS}
   * @param height {@link #MIN_HEIGHT_SECONDS} to {@link #MAX_SECONDS}
   * @param adjustment within plus and minus {@link #MAX_SECONDS}
   * @param error 0 to {@link #MAX_ERROR}
   * @throws IllegalArgumentException where a part is not a number or out of its range
   */
  public static Coordinate of(float[] point, float height, float adjustment, float error) {
    if (point.length != DIMENSIONS) {
      throw new IllegalArgumentException("a coordinate has 8 components, not " + point.length);
    }
    float[] copy = point.clone();
    for (float component : copy) {
      checkRange("component", component, -MAX_SECONDS, MAX_SECONDS);
    }
    checkRange("height", height, MIN_HEIGHT_SECONDS, MAX_SECONDS);
    checkRange("adjustment", adjustment, -MAX_SECONDS, MAX_SECONDS);
    checkRange("error", error, 0, MAX_ERROR);
    return new Coordinate(copy, height, adjustment, error);
  }

  /**
   * Reads {@link #BYTES} bytes.
   *
   * @throws IllegalArgumentException where they are fewer, or say what no coordinate says
   */
  public static Coordinate decode(ByteBuffer in) {
    if (in.remaining() < BYTES) {
      throw new IllegalArgumentException("a coordinate has 44 bytes, not " + in.remaining());
    }
    float[] point = new float[DIMENSIONS];
    for (int i = 0; i < DIMENSIONS; i++) {
      point[i] = Float.intBitsToFloat(readInt(in));
    }
    return of(
        point,
        Float.intBitsToFloat(readInt(in)),
        Float.intBitsToFloat(readInt(in)),
        Float.intBitsToFloat(readInt(in)));
  }

  /** Writes {@link #BYTES} bytes, big-endian whatever the buffer's order. */
  public void encode(ByteBuffer out) {
    for (float component : point) {
      writeInt(out, Float.floatToIntBits(component));
    }
    writeInt(out, Float.floatToIntBits(height));
    writeInt(out, Float.floatToIntBits(adjustment));
    writeInt(out, Float.floatToIntBits(error));
  }

  /**
   * The round trip between the two nodes. Symmetric, and meaningless between a node and itself. The
   * error is that of the less certain of the two.
   */
  public RttEstimate estimate(Coordinate other) {
    double seconds = distance(other) + adjustment + other.adjustment;
    double rtt = seconds > 0 ? seconds : distance(other);
    double relative = Math.max(error, other.error);
    return new RttEstimate(
        Math.max(1, Math.round(rtt * NANOS_PER_SECOND)),
        Math.round(rtt * relative * NANOS_PER_SECOND));
  }

  /** One component of the point, in seconds; {@code dimension} is 0 to 7. */
  public float component(int dimension) {
    return point[dimension];
  }

  /** Seconds that every packet of this node pays. */
  public float height() {
    return height;
  }

  /** Seconds that this node's estimates lack or exceed on average; half of them. */
  public float adjustment() {
    return adjustment;
  }

  /** The node's relative error, about, over the round trips that it has measured lately. */
  public float error() {
    return error;
  }

  /** The distance in seconds without the adjustments. */
  private double distance(Coordinate other) {
    double squares = 0;
    for (int i = 0; i < DIMENSIONS; i++) {
      double difference = (double) point[i] - other.point[i];
      squares += difference * difference;
    }
    return Math.sqrt(squares) + height + other.height;
  }

  private static void checkRange(String part, float value, float least, float most) {
    // Written so that what is not a number fails too.
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          part + " of a coordinate must be " + least + " to " + most + ", not " + value);
    }
  }

  private static int readInt(ByteBuffer in) {
    return (in.get() & 0xff) << 24
        | (in.get() & 0xff) << 16
        | (in.get() & 0xff) << 8
        | (in.get() & 0xff);
  }

  private static void writeInt(ByteBuffer out, int value) {
    out.put((byte) (value >> 24));
    out.put((byte) (value >> 16));
    out.put((byte) (value >> 8));
    out.put((byte) value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Coordinate that
        && Arrays.equals(point, that.point)
        && Float.compare(height, that.height) == 0
        && Float.compare(adjustment, that.adjustment) == 0
        && Float.compare(error, that.error) == 0;
  }

  @Override
  public int hashCode() {
    int hash = Arrays.hashCode(point);
    hash = 31 * hash + Float.hashCode(height);
    hash = 31 * hash + Float.hashCode(adjustment);
    return 31 * hash + Float.hashCode(error);
  }

  @Override
  public String toString() {
    return "Coordinate"
        + Arrays.toString(point)
        + "+"
        + height
        + " adjusted "
        + adjustment
        + " error "
        + error;
  }
}
