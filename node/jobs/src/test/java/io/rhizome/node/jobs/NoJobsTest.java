// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class NoJobsTest {
  @Test
  void everyCallSaysThatJobsAreOff() {
    Jobs jobs = new NoJobs();
    JobId id = new JobId("a");
    JobSpec spec = new JobSpec(id, "", "digits", 0, 0, JobSpec.DEFAULT_EXPIRES);
    List<ThrowingCallable> calls =
        List.of(
            () -> jobs.upload(spec, 0),
            () -> jobs.uploaded(id, ""),
            jobs::list,
            () -> jobs.status(id),
            () -> jobs.results(id, 0, 1),
            () -> jobs.cancel(id),
            () -> jobs.retry(id));
    for (ThrowingCallable call : calls) {
      assertThatThrownBy(call)
          .isInstanceOfSatisfying(
              JobException.class,
              e -> assertThat(e.code()).isEqualTo(JobException.Code.UNAVAILABLE))
          .hasMessage("jobs are off at this node: jobs.enabled is false");
    }
  }
}
