// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.v1.JobInfo;
import io.rhizome.v1.JobSpec;
import io.rhizome.v1.SubmitJobRequest;
import java.io.IOException;

/**
 * Streams a job to a node, no faster than the node takes it. Where that breaks, it asks what
 * arrived and goes on from there.
 */
final class JobUpload {
  private final NodeClient client;
  private final ProgressBar bar;
  private final BackOff backOff;
  private boolean broke;
  private int arrived;

  JobUpload(NodeClient client, ProgressBar bar, BackOff backOff) {
    this.client = client;
    this.bar = bar;
    this.backOff = backOff;
  }

  /**
   * Sends all of it.
   *
   * @param fresh whether nothing of this id can be there yet
   * @return the job as it was accepted
   */
  JobInfo send(JobSpec spec, JobInput input, boolean fresh)
      throws IOException, StatusException, InterruptedException {
    broke = !fresh;
    while (true) {
      try {
        JobSpec now = spec.toBuilder().setFirstItem(broke ? arrived(spec.getId()) : 0).build();
        return sendOnce(now, input);
      } catch (StatusException e) {
        if (!backOff.again(e.getStatus())) {
          throw e;
        }
      } catch (StatusRuntimeException e) {
        if (!backOff.again(e.getStatus())) {
          throw e;
        }
      }
      broke = true;
    }
  }

  private int arrived(String id) {
    int items;
    try {
      items = client.jobs().getUpload(JobText.request(id)).getItems();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
        throw e;
      }
      items = 0;
    }
    if (items > arrived) {
      backOff.progressed();
    }
    arrived = items;
    return items;
  }

  private JobInfo sendOnce(JobSpec spec, JobInput input)
      throws IOException, StatusException, InterruptedException {
    BlockingClientCall<SubmitJobRequest, JobInfo> call = client.jobStreams().submitJob();
    try (JobInput.Items items = input.from(spec.getFirstItem())) {
      long bytes = input.bytes();
      // False where the node has ended the call: read() then throws its reason.
      boolean open = call.write(SubmitJobRequest.newBuilder().setSpec(spec).build());
      while (open) {
        ModelInferRequest item = items.next();
        if (item == null) {
          call.halfClose();
          break;
        }
        open = call.write(SubmitJobRequest.newBuilder().setItem(item).build());
        bar.show(items.bytesRead(), bytes, "");
      }
    } catch (IOException | RuntimeException e) {
      call.cancel("the input cannot be read", e);
      throw e;
    }
    JobInfo accepted = call.read();
    if (accepted == null) {
      throw new IOException("the node ended the call without an answer");
    }
    return accepted;
  }
}
