// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run of a request on a node's workers. Its identity counts. */
final class Job {
  /** What is told when it ends. */
  interface End {
    /** It ran for that long. */
    void ended(long ranNanos);
  }

  final double workNanos;

  /** The jobs that are expected where it is to run, itself among them until it begins. */
  @Nullable List<Job> line;

  @Nullable End end;
  double leftNanos;
  long startedNanos = -1;
  int epoch;

  /**
   * A run that has not begun.
   *
   * @param workNanos how long it takes on an undisturbed worker of speed 1
   */
  Job(double workNanos) {
    this.workNanos = workNanos;
    this.leftNanos = workNanos;
  }

  /** It is to run there. */
  void expect(List<Job> jobs) {
    line = jobs;
    jobs.add(this);
  }

  /** It begins, or never will. */
  void unexpect() {
    List<Job> jobs = line;
    if (jobs != null) {
      boolean unused = jobs.remove(this);
      line = null;
    }
  }
}
