// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.v1.JobInfo;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rhizome job status}: one job. */
@Command(name = "status", description = "Show how far a job is, and why what waits does.")
final class JobStatusCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin JobChoice choice = new JobChoice();

  @Override
  public Integer call() {
    try (NodeClient client = choice.node.connect()) {
      JobInfo job = client.jobs().getJob(JobText.request(choice.id));
      PrintWriter out = spec.commandLine().getOut();
      if (choice.json) {
        choice.print(job, out);
      } else {
        JobText.print(job, out);
      }
      return 0;
    }
  }
}
