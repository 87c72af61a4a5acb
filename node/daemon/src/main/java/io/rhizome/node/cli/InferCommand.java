// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.google.protobuf.ByteString;
import io.rhizome.node.config.ConfigException;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.node.protocol.inference.ModelMetadataRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome infer MODEL --input FILE}: asks any node for a prediction. */
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
      paramLabel = "FILE",
      description =
          "A PNG or JPEG, repeatable; or a request of the Open Inference Protocol v2 as JSON.")
  List<Path> inputs = List.of();

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
    List<ByteString> files = new ArrayList<>();
    for (Path input : inputs) {
      files.add(ByteString.copyFrom(Files.readAllBytes(input)));
    }
    boolean images = files.stream().anyMatch(ImageRequest::isImage);
    if (!images && files.size() > 1) {
      throw new ConfigException("--input: only images can be several: pass one request as JSON");
    }
    ModelInferRequest tensors = images ? null : parse(inputs.get(0), files.get(0));
    try (NodeClient client = node.connect()) {
      var stub = client.inference().withDeadlineAfter(timeoutSeconds, TimeUnit.SECONDS);
      ModelInferRequest request =
          tensors != null ? tensors : ImageRequest.of(stub.modelMetadata(metadata()), files);
      ModelInferResponse response =
          stub.modelInfer(request.toBuilder().setModelName(model).setModelVersion(version).build());
      PrintWriter out = spec.commandLine().getOut();
      InferResponseText text = new InferResponseText(response);
      if (json) {
        out.println(Json.pretty(text.json()));
      } else {
        text.print(out, inputs.stream().map(Path::toString).toList());
      }
      return 0;
    }
  }

  private ModelMetadataRequest metadata() {
    return ModelMetadataRequest.newBuilder().setName(model).setVersion(version).build();
  }

  private static ModelInferRequest parse(Path input, ByteString file) throws IOException {
    try {
      return InferRequestJson.parse(Json.MAPPER.readTree(file.toStringUtf8()));
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      throw new ConfigException(
          "%s:%d:%d: neither PNG, JPEG nor JSON: %s"
              .formatted(input, at.getLineNr(), at.getColumnNr(), e.getOriginalMessage()),
          e);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(input + ": " + e.getMessage(), e);
    }
  }
}
