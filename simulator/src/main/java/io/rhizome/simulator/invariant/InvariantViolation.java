// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.invariant;

/** Something that must hold did not; the message says what, when, and how to see it again. */
public final class InvariantViolation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long seed;

  /** What broke, at that moment of virtual time. */
  public InvariantViolation(String what, long atNanos, Origin origin) {
    super(
        "at %.3f s: %s (seed %d, commit %s; again with: %s)"
            .formatted(atNanos / 1e9, what, origin.seed(), origin.commit(), origin.replay()));
    this.seed = origin.seed();
  }

  /** The seed of the run. */
  public long seed() {
    return seed;
  }

  /**
   * What it takes to see a run again.
   *
   * @param file the scenario
   * @param seed of the run
   * @param commit of the code; {@code unknown} where the build does not tell
   */
  public record Origin(String file, long seed, String commit) {
    /** The command. */
    public String replay() {
      return "rhizome sim run " + file + " --seeds " + seed;
    }
  }
}
