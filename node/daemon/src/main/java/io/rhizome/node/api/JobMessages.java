// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api;

import com.google.protobuf.InvalidProtocolBufferException;
import io.rhizome.node.jobs.ItemResult;
import io.rhizome.node.jobs.Job;
import io.rhizome.node.jobs.JobStatus;
import io.rhizome.node.jobs.Placement;
import io.rhizome.node.jobs.Window;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.v1.JobInfo;
import io.rhizome.v1.JobResult;
import io.rhizome.v1.ListJobsResponse;
import java.util.List;

/** Jobs as clients are told of them. */
public final class JobMessages {
  private JobMessages() {}

  /** One job. */
  public static JobInfo info(JobStatus status) {
    Job job = status.job();
    Placement placement = job.spec().placement();
    return JobInfo.newBuilder()
        .setId(job.id().text())
        .setTenant(job.spec().tenant())
        .setModel(job.spec().model())
        .setVersion(job.spec().version())
        .setPriority(job.spec().priority())
        .setState(status.state().name())
        .setItems(job.items())
        .setDone(status.done())
        .setFailed(status.failed())
        .setRunning(status.running())
        .setSubmittedMillis(job.submittedMillis())
        .setExpiresMillis(job.expiresMillis())
        .addAllWaiting(status.waiting())
        .setReruns(status.reruns())
        .setObjective(placement.objective().word())
        .setWindow(placement.window().map(Window::toString).orElse(""))
        .setOnMains(placement.mains())
        .setFromSite(job.spec().source().site())
        .build();
  }

  /** Several. */
  public static ListJobsResponse list(List<JobStatus> jobs) {
    ListJobsResponse.Builder list = ListJobsResponse.newBuilder();
    jobs.forEach(status -> list.addJobs(info(status)));
    return list.build();
  }

  /** How an item ended. */
  public static JobResult result(ItemResult result) {
    JobResult.Builder message = JobResult.newBuilder().setItem(result.item());
    if (result.failed()) {
      return message.setError(result.error()).build();
    }
    try {
      return message.setAnswer(ModelInferResponse.parseFrom(result.value())).build();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the result of item " + result.item() + " is malformed", e);
    }
  }
}
