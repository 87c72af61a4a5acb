// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.rhizome.v1.LoadModelProgress;
import io.rhizome.v1.LoadModelRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome model load}: makes a node serve a model, fetching it from a holder if need be. */
@Command(name = "load", description = "Make a node serve a model; it fetches what it lacks.")
final class ModelLoadCommand implements Callable<Integer> {
  private static final String FETCHING = "FETCHING";

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeChoice target = new NodeChoice();
  @Mixin OperatorOption operator = new OperatorOption();

  @Parameters(paramLabel = "MODEL", description = "The model's name.")
  String model = "";

  @Option(names = "--version", paramLabel = "N", description = "Which version (default: newest).")
  long version;

  @Option(names = "--json", description = "Print each step as a line of JSON.")
  boolean json;

  @Override
  public Integer call() throws IOException, StatusException, InterruptedException {
    var key = operator.load();
    LoadModelRequest request =
        LoadModelRequest.newBuilder().setName(model).setVersion(version).build();
    PrintWriter out = spec.commandLine().getOut();
    try (NodeClient client = target.connect(key)) {
      BlockingClientCall<?, LoadModelProgress> progress = client.proven(key).loadModel(request);
      ProgressBar bar = ProgressBar.on(spec.commandLine().getErr());
      String last = "";
      while (progress.hasNext()) {
        LoadModelProgress step = progress.read();
        if (step == null) {
          break;
        }
        if (json) {
          out.println(Json.of(step));
          out.flush();
          continue;
        }
        if (step.getStage().equals(FETCHING)) {
          bar.show(step.getBytesDone(), step.getBytesTotal(), peers(step.getPeers()));
        }
        String line = line(step, client);
        if (!line.equals(last)) {
          out.println(line);
          out.flush();
          last = line;
        }
      }
      return 0;
    }
  }

  private String line(LoadModelProgress step, NodeClient client) {
    String stage = step.getStage().toLowerCase(Locale.ROOT);
    if (stage.equals("ready")) {
      return "ready: " + model + " version " + step.getVersion() + " on " + client.address();
    }
    return stage;
  }

  private static String peers(int count) {
    return count == 0 ? "" : count == 1 ? " from 1 peer" : " from " + count + " peers";
  }
}
