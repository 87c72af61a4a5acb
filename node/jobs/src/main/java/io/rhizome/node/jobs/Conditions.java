// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.util.Optional;

/**
 * What must hold before items of a job begin at this node; what has begun goes on. Asked whenever
 * this node looks for work and whenever somebody asks how far a job is, so it is quick. Any thread.
 */
@FunctionalInterface
public interface Conditions {
  /** Nothing has to. */
  Conditions NONE = job -> Optional.empty();

  /** Why none of that job's items may begin here now; empty where they may. */
  Optional<String> whyNot(Job job);

  /** These, then those: both must hold, and these give their reason first. */
  default Conditions and(Conditions those) {
    return job -> whyNot(job).or(() -> those.whyNot(job));
  }
}
