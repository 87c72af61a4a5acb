// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.grpc.StatusException;
import io.rhizome.v1.JobInfo;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rhizome job watch}: waits until a job has ended. */
@Command(
    name = "watch",
    description = "Wait until a job has ended; fails if an item failed or it was cancelled.")
final class JobWatchCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin JobChoice choice = new JobChoice();

  @Override
  public Integer call() throws IOException, StatusException, InterruptedException {
    try (NodeClient client = choice.node.connect()) {
      return watch(client, choice.id, choice.json, spec);
    }
  }

  /** Waits, shows how it goes on, and gives the exit status. */
  static int watch(NodeClient client, String id, boolean json, CommandSpec spec)
      throws IOException, StatusException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    ProgressBar bar = ProgressBar.on(spec.commandLine().getErr());
    JobInfo last =
        new JobFollower(
                client,
                BackOff.sleeping(),
                job -> {
                  if (json) {
                    out.println(Json.of(job));
                    out.flush();
                  } else {
                    bar.showCount(job.getDone(), job.getItems(), words(job));
                  }
                })
            .follow(id);
    if (!json) {
      out.println(JobText.line(last));
    }
    return JobText.exitStatus(last);
  }

  private static String words(JobInfo job) {
    return job.getFailed() == 0 ? "" : ", " + job.getFailed() + " failed";
  }
}
