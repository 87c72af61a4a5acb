// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.grpc.StatusException;
import io.rhizome.node.protocol.inference.ModelMetadataRequest;
import io.rhizome.node.protocol.inference.ModelMetadataResponse;
import io.rhizome.v1.JobInfo;
import io.rhizome.v1.JobSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome job submit}: gives a job to a node's site. */
@Command(
    name = "submit",
    description = "Run a model on every item of an input; goes on where a connection broke.")
final class JobSubmitCommand implements Callable<Integer> {
  private static final long METADATA_SECONDS = 30;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeOption node = new NodeOption();

  @Parameters(index = "0", paramLabel = "MODEL", description = "The model's name.")
  String model = "";

  @Parameters(
      index = "1",
      paramLabel = "INPUT",
      description =
          "A file whose lines are requests of the Open Inference Protocol v2 as JSON, - for"
              + " standard input, or a directory whose files are items, such as PNGs.")
  String input = "";

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "What names the job; the same id again is the same job (default: a new one).")
  String id = "";

  @Option(names = "--version", paramLabel = "N", description = "Which version (default: newest).")
  long version;

  @Option(
      names = "--priority",
      paramLabel = "0-9",
      description = "Jobs of higher priority run first (default: 0).")
  int priority;

  @Option(
      names = "--expires",
      paramLabel = "TIME",
      description = "When it is deleted with its results, such as 12h (default: 7d).")
  String expires = "";

  @Option(
      names = "--objective",
      paramLabel = "GOAL",
      description = "What is to be kept low: latency, cost or energy (default: latency).")
  String objective = "";

  @Option(
      names = "--window",
      paramLabel = "HOURS",
      description =
          "When items may begin, such as 22:00-06:00, or '22:00-06:00 Europe/Rome' for hours of"
              + " another time zone than this machine's (default: at any time).")
  String window = "";

  @Option(names = "--on-mains", description = "Only at nodes that are on mains power.")
  boolean onMains;

  @Option(names = "--wait", description = "Wait until it has ended, as job watch does.")
  boolean wait;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() throws IOException, StatusException, InterruptedException {
    Duration kept = expires.isEmpty() ? Duration.ZERO : Expiry.after(expires);
    boolean fresh = id.isEmpty();
    JobSpec wanted =
        JobSpec.newBuilder()
            .setId(fresh ? newId() : id)
            .setModel(model)
            .setVersion(version)
            .setPriority(priority)
            .setExpiresSeconds(kept.toSeconds())
            .setObjective(objective)
            .setWindow(zoned(window))
            .setOnMains(onMains)
            .build();
    PrintWriter err = spec.commandLine().getErr();
    if (fresh) {
      err.println("job " + wanted.getId() + "; should this be interrupted, go on with --id");
    }
    try (NodeClient client = node.connect();
        JobInput items = JobInput.of(input, System.in, () -> metadata(client))) {
      JobInfo accepted =
          new JobUpload(client, ProgressBar.on(err), BackOff.sleeping()).send(wanted, items, fresh);
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(wait ? Json.of(accepted) : Json.pretty(Json.of(accepted)));
      } else {
        out.println("submitted job " + accepted.getId() + ": " + accepted.getItems() + " items");
      }
      return wait ? JobWatchCommand.watch(client, accepted.getId(), json, spec) : 0;
    }
  }

  /** The same hours, of this machine's zone where they have none. */
  private static String zoned(String window) {
    return window.isEmpty() || window.contains(" ")
        ? window
        : window + " " + ZoneId.systemDefault().getId();
  }

  private static String newId() {
    byte[] suffix = new byte[8];
    new SecureRandom().nextBytes(suffix);
    return "job-" + HexFormat.of().formatHex(suffix);
  }

  private ModelMetadataResponse metadata(NodeClient client) {
    return client
        .inference()
        .withDeadlineAfter(METADATA_SECONDS, TimeUnit.SECONDS)
        .modelMetadata(
            ModelMetadataRequest.newBuilder()
                .setName(model)
                .setVersion(version == 0 ? "" : Long.toString(version))
                .build());
  }
}
