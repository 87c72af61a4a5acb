// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.coordinate;

import io.rhizome.gossip.NodeId;
import java.util.Arrays;
import java.util.Random;

/**
 * A node's own coordinate, which each measured round trip moves a little: as though a spring as
 * long as the round trip lay between the node and the peer.
 *
 * <p>Deterministic: randomness is passed in. Not safe for several threads; the coordinates that it
 * gives out are.
 */
public final class Vivaldi {
  // The update is Dabek et al., "Vivaldi", SIGCOMM'04, figure 3, with the heights of section 5.4,
  // and three departures, each for a fault that showed:
  // - point and height each move by the whole step, the steepest way down: shared out in
  //   proportion to their lengths, a height that is small cannot grow;
  // - the spring does not see the adjustments: where it does, they and the distances drift apart
  //   for ever, each making up for the other (in 10,000 rounds to an error of 15%);
  // - the step grows as the error falls, and nodes at one point part mostly along the first
  //   dimensions, so that a space which needs few is flat soon.
  // Around it stand
  // - a median of each peer's latest round trips, and a gravity that keeps the whole mesh from
  //   drifting off: Ledlie, Gardner, Seltzer, "Network coordinates in the wild", NSDI'07;
  // - the adjustment, half of the mean residual over a window, for distances that no such space
  //   has: Lee et al., "On suitability of Euclidean embedding of Internet hosts", SIGMETRICS'06.
  // A peer can lie about its coordinate, its error and, by answering late, the round trip. So a
  // step and a residual are bounded, and with them what one answer can do.

  /** A round trip longer than this, in nanoseconds, is no sample. */
  public static final long MAX_RTT_NANOS = 10_000_000_000L;

  /** No sample moves the coordinate further than this, in seconds. */
  static final double MAX_STEP_SECONDS = 0.1;

  private static final double ERROR_GAIN = 0.25;
  private static final double STEP_GAIN = 0.15;
  private static final double SURE_STEP_GAIN = 0.75;
  private static final double UNSURE_ERROR = 0.1;
  private static final double FLATNESS = 0.5;
  private static final int ADJUSTMENT_WINDOW = 20;
  private static final double GRAVITY_SECONDS = 150;
  private static final double ZERO_SECONDS = 1e-9;
  private static final double NANOS_PER_SECOND = 1e9;

  private final Random random;
  private final LatencyFilter filter = new LatencyFilter();
  private final double[] point = new double[Coordinate.DIMENSIONS];
  private final double[] direction = new double[Coordinate.DIMENSIONS];
  private final double[] residuals = new double[ADJUSTMENT_WINDOW];
  private int nextResidual;
  private double height = Coordinate.MIN_HEIGHT_SECONDS;
  private double adjustment;
  private double error = Coordinate.MAX_ERROR;
  private Coordinate published = Coordinate.ORIGIN;

  /** Begins at the origin, sure of nothing. */
  public Vivaldi(Random random) {
    this.random = random;
  }

  /** Where this node is now. */
  public Coordinate coordinate() {
    return published;
  }

  /**
   * A round trip to a peer and the coordinate that the peer had then. A round trip that is not
   * above 0 and at most {@link #MAX_RTT_NANOS} changes nothing.
   *
   * @param rttNanos measured on this node's own clock
   */
  public void observe(NodeId peer, Coordinate theirs, long rttNanos) {
    if (rttNanos <= 0 || rttNanos > MAX_RTT_NANOS) {
      return;
    }
    double rtt = Math.max(filter.filter(peer, rttNanos) / NANOS_PER_SECOND, ZERO_SECONDS);
    double weight = learnError(theirs, rtt);
    move(theirs, clamp(stepGain() * weight * (rtt - distance(theirs)), MAX_STEP_SECONDS));
    learnAdjustment(theirs, rtt);
    fall();
    publish();
  }

  /** How much the peer's word weighs against this node's own: 0 to 1. */
  private double learnError(Coordinate theirs, double rtt) {
    double total = Math.max(error + theirs.error(), ZERO_SECONDS);
    double weight = error / total;
    double wrong = Math.abs(predicted(theirs) - rtt) / rtt;
    double gain = ERROR_GAIN * weight;
    error = Math.min(wrong * gain + error * (1 - gain), Coordinate.MAX_ERROR);
    return weight;
  }

  private double stepGain() {
    double sure = Math.max(0, 1 - error / UNSURE_ERROR);
    return STEP_GAIN + (SURE_STEP_GAIN - STEP_GAIN) * sure;
  }

  /** Away from the peer by so many seconds, or towards it where they are negative. */
  private void move(Coordinate theirs, double seconds) {
    double apart = aim(theirs);
    if (apart < ZERO_SECONDS) {
      aimAnywhere();
    }
    shift(Math.max(seconds, -apart));
    height =
        Math.min(Math.max(height + seconds, Coordinate.MIN_HEIGHT_SECONDS), Coordinate.MAX_SECONDS);
  }

  private void learnAdjustment(Coordinate theirs, double rtt) {
    residuals[nextResidual] = clamp(rtt - distance(theirs), MAX_STEP_SECONDS);
    nextResidual = (nextResidual + 1) % ADJUSTMENT_WINDOW;
    adjustment = Arrays.stream(residuals).sum() / (2 * ADJUSTMENT_WINDOW);
  }

  /** A little towards the origin, more the further off it is. */
  private void fall() {
    double far = aim(Coordinate.ORIGIN);
    if (far >= ZERO_SECONDS) {
      double pull = far / GRAVITY_SECONDS;
      shift(-Math.min(pull * pull, far));
    }
  }

  /** Points {@link #direction} away from there; gives the distance without heights, in seconds. */
  private double aim(Coordinate from) {
    double apart = 0;
    for (int i = 0; i < point.length; i++) {
      direction[i] = point[i] - from.component(i);
      apart += direction[i] * direction[i];
    }
    apart = Math.sqrt(apart);
    for (int i = 0; i < point.length; i++) {
      direction[i] /= Math.max(apart, ZERO_SECONDS);
    }
    return apart;
  }

  /** Two nodes at one point part in a random direction. */
  private void aimAnywhere() {
    double squares = 0;
    double scale = 1;
    for (int i = 0; i < point.length; i++) {
      direction[i] = (random.nextDouble() - 0.5) * scale;
      squares += direction[i] * direction[i];
      scale *= FLATNESS;
    }
    double length = Math.max(Math.sqrt(squares), ZERO_SECONDS);
    for (int i = 0; i < point.length; i++) {
      direction[i] /= length;
    }
  }

  private void shift(double seconds) {
    for (int i = 0; i < point.length; i++) {
      point[i] = clamp(point[i] + direction[i] * seconds, Coordinate.MAX_SECONDS);
    }
  }

  private double distance(Coordinate theirs) {
    double squares = 0;
    for (int i = 0; i < point.length; i++) {
      double difference = point[i] - theirs.component(i);
      squares += difference * difference;
    }
    return Math.sqrt(squares) + height + theirs.height();
  }

  private double predicted(Coordinate theirs) {
    double distance = distance(theirs);
    double adjusted = distance + adjustment + theirs.adjustment();
    return adjusted > 0 ? adjusted : distance;
  }

  private void publish() {
    float[] rounded = new float[point.length];
    for (int i = 0; i < point.length; i++) {
      rounded[i] = (float) point[i];
    }
    published = Coordinate.of(rounded, (float) height, (float) adjustment, (float) error);
  }

  private static double clamp(double value, double bound) {
    return Math.min(Math.max(value, -bound), bound);
  }
}
