// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.rhizome.v1.JobInfo;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Watches a job until it has ended, through breaks of the connection. */
final class JobFollower {
  private final NodeClient client;
  private final BackOff backOff;
  private final Consumer<JobInfo> told;

  /** Each state that the node tells of goes to {@code told}. */
  JobFollower(NodeClient client, BackOff backOff, Consumer<JobInfo> told) {
    this.client = client;
    this.backOff = backOff;
    this.told = told;
  }

  /** Its last state. */
  JobInfo follow(String id) throws IOException, StatusException, InterruptedException {
    while (true) {
      try {
        JobInfo last = watch(id);
        if (last == null || JobText.running(last)) {
          throw new IOException("the node ended the watch before job " + id + " has ended");
        }
        return last;
      } catch (StatusException e) {
        if (!backOff.again(e.getStatus())) {
          throw e;
        }
      }
    }
  }

  private @Nullable JobInfo watch(String id) throws StatusException, InterruptedException {
    BlockingClientCall<?, JobInfo> states = client.jobStreams().watchJob(JobText.request(id));
    JobInfo last = null;
    for (JobInfo now = states.read(); now != null; now = states.read()) {
      backOff.progressed();
      told.accept(now);
      last = now;
    }
    return last;
  }
}
