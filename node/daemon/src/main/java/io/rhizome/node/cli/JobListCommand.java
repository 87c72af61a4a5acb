// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.v1.ListJobsRequest;
import io.rhizome.v1.ListJobsResponse;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rhizome job ls}: the jobs of a node's site. */
@Command(name = "ls", description = "List the jobs of the node's site.")
final class JobListCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeOption node = new NodeOption();

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() {
    try (NodeClient client = node.connect()) {
      ListJobsResponse jobs = client.jobs().listJobs(ListJobsRequest.getDefaultInstance());
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(Json.pretty(Json.of(jobs)));
      } else {
        JobText.list(jobs.getJobsList(), out);
      }
      return 0;
    }
  }
}
