// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.rhizome.node.config.ConfigException;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome infer MODEL --input FILE.json}: asks any node for a prediction. */
@Command(
    name = "infer",
    description = "Ask a node for a prediction; it hops to one that holds the model.")
final class InferCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeOption node = new NodeOption();

  @Parameters(paramLabel = "MODEL", description = "The model's name.")
  String model = "";

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE.json",
      description = "A request of the Open Inference Protocol v2 as JSON.")
  Path input = Path.of("");

  @Option(names = "--version", paramLabel = "N", description = "Which version (default: newest).")
  String version = "";

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "How long to wait (${DEFAULT-VALUE}).")
  long timeoutSeconds;

  @Option(names = "--json", description = "Print the response as JSON of the same protocol.")
  boolean json;

  @Override
  public Integer call() throws IOException {
    ModelInferRequest request;
    try {
      request =
          InferRequestJson.parse(Json.MAPPER.readTree(Files.readString(input))).toBuilder()
              .setModelName(model)
              .setModelVersion(version)
              .build();
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      throw new ConfigException(
          "%s:%d:%d: not JSON: %s"
              .formatted(input, at.getLineNr(), at.getColumnNr(), e.getOriginalMessage()),
          e);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(input + ": " + e.getMessage(), e);
    }
    try (NodeClient client = node.connect()) {
      ModelInferResponse response =
          client
              .inference()
              .withDeadlineAfter(timeoutSeconds, TimeUnit.SECONDS)
              .modelInfer(request);
      PrintWriter out = spec.commandLine().getOut();
      InferResponseText text = new InferResponseText(response);
      if (json) {
        out.println(Json.pretty(text.json()));
      } else {
        text.print(out);
      }
      return 0;
    }
  }
}
