// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.models.ManifestJson;
import io.rhizome.store.Manifest;
import io.rhizome.store.TensorSpec;
import io.rhizome.v1.ModelFile;
import io.rhizome.v1.ShowModelRequest;
import io.rhizome.v1.ShowModelResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome model show}: what a model that a node stores is made of. */
@Command(name = "show", description = "Show a stored model's manifest, files and signer.")
final class ModelShowCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeChoice target = new NodeChoice();

  @Parameters(paramLabel = "MODEL", description = "The model's name.")
  String model = "";

  @Option(names = "--version", paramLabel = "N", description = "Which version (default: newest).")
  long version;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() throws IOException {
    try (NodeClient client = target.connect(null)) {
      ShowModelResponse shown =
          client
              .admin()
              .showModel(ShowModelRequest.newBuilder().setName(model).setVersion(version).build());
      PrintWriter out = spec.commandLine().getOut();
      byte[] manifest = shown.getSigned().getManifest().toByteArray();
      if (json) {
        ObjectNode tree = Json.of(shown);
        tree.set("manifest", Json.MAPPER.readTree(manifest));
        tree.put("signer", signer(shown));
        out.println(Json.pretty(tree));
      } else {
        print(shown, ManifestJson.parse(manifest), out);
      }
      return 0;
    }
  }

  private static void print(ShowModelResponse shown, Manifest manifest, PrintWriter out) {
    out.println("model     " + manifest.name() + " version " + manifest.version());
    out.println("manifest  " + shown.getManifestId());
    out.println("signer    " + signer(shown));
    out.println("engine    " + manifest.engine());
    out.println("state     " + shown.getState().toLowerCase(Locale.ROOT));
    out.println("inputs    " + tensors(manifest.inputs()));
    out.println("outputs   " + tensors(manifest.outputs()));
    manifest.parameters().forEach((key, value) -> out.println("param     " + key + "=" + value));
    if (shown.getFilesCount() == 0) {
      return;
    }
    out.println();
    Table table = new Table("FILE", "BYTES", "CHUNKS", "SHA-256");
    for (ModelFile file : shown.getFilesList()) {
      table.row(
          file.getName(),
          Long.toString(file.getBytes()),
          Integer.toString(file.getChunks()),
          file.getDigest());
    }
    table.print(out);
  }

  private static String signer(ShowModelResponse shown) {
    return NodeId.of(shown.getSigned().getSigner().toByteArray()).toString();
  }

  private static String tensors(List<TensorSpec> specs) {
    return specs.stream().map(TensorSpec::toString).collect(Collectors.joining(" "));
  }
}
