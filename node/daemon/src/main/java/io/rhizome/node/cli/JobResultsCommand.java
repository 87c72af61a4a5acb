// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.rhizome.v1.JobResult;
import io.rhizome.v1.ReadResultsRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome job results}: what there is of a job's results. */
@Command(
    name = "results",
    description = "Print the results that there are now as lines of JSON, or write them to files.")
final class JobResultsCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeOption node = new NodeOption();

  @Parameters(paramLabel = "ID", description = "The job's id.")
  String id = "";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write a file for each item there; those that failed to DIR/failed.")
  @Nullable Path directory;

  @Option(names = "--failed", description = "Only items that failed, with their errors.")
  boolean failedOnly;

  @Option(names = "--first", paramLabel = "N", description = "Begin with that item (0).")
  int first;

  @Override
  public Integer call() throws IOException, StatusException, InterruptedException {
    Path to = directory;
    try (NodeClient client = node.connect()) {
      if (to == null) {
        read(client, result -> spec.commandLine().getOut().println(ResultFiles.json(result)));
      } else {
        ResultFiles files = new ResultFiles(to);
        read(client, files::write);
        spec.commandLine().getOut().println(files.summary());
      }
      return 0;
    }
  }

  /** What is done with a result. */
  private interface Sink {
    void take(JobResult result) throws IOException;
  }

  private void read(NodeClient client, Sink sink)
      throws IOException, StatusException, InterruptedException {
    BackOff backOff = BackOff.sleeping();
    int next = first;
    while (true) {
      ReadResultsRequest request =
          ReadResultsRequest.newBuilder()
              .setId(id)
              .setFirstItem(next)
              .setFailedOnly(failedOnly)
              .build();
      try {
        BlockingClientCall<?, JobResult> results = client.jobStreams().readResults(request);
        for (JobResult result = results.read(); result != null; result = results.read()) {
          sink.take(result);
          next = result.getItem() + 1;
          backOff.progressed();
        }
        return;
      } catch (StatusException e) {
        if (!backOff.again(e.getStatus())) {
          throw e;
        }
      }
    }
  }
}
