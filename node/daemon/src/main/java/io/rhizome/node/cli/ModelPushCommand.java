// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.config.ConfigException;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.models.ModelException;
import io.rhizome.node.models.TorchFile;
import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import io.rhizome.store.Step;
import io.rhizome.store.TensorSpec;
import io.rhizome.v1.ListModelsRequest;
import io.rhizome.v1.ModelInfo;
import io.rhizome.v1.PushModelResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome model push}: describes a model, signs that, and gives both to a node. */
@Command(
    name = "push",
    description = "Give a model to a node, signed with the operator's key; it is tried there.")
final class ModelPushCommand implements Callable<Integer> {
  private static final String FILE_NAME = "model.pt";
  private static final String PYTORCH = "pytorch";

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeChoice target = new NodeChoice();
  @Mixin OperatorOption operator = new OperatorOption();
  @Mixin StepOptions steps = new StepOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE.pt",
      description = "A TorchScript file; none for the engines echo and timer.")
  @Nullable Path file;

  @Option(names = "--name", required = true, description = "The model's name.")
  String name = "";

  @Option(
      names = "--model-version",
      paramLabel = "N",
      description = "Its version counter (default: the newest known there + 1).")
  long version;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "NAME:TYPE[DIMS]",
      description = "An input, in the model's order, as in pixels:FP32[-1,1,8,8]; repeatable.")
  List<String> inputs = List.of();

  @Option(
      names = "--output",
      required = true,
      paramLabel = "NAME:TYPE[DIMS]",
      description = "An output, in the model's order, as in logits:FP32[-1,10]; repeatable.")
  List<String> outputs = List.of();

  @Option(
      names = "--engine",
      defaultValue = PYTORCH,
      description = "pytorch, echo or timer (${DEFAULT-VALUE}).")
  String engine = PYTORCH;

  @Option(names = "--param", paramLabel = "KEY=VALUE", description = "An engine parameter.")
  Map<String, String> parameters = new TreeMap<>();

  @Override
  public Integer call() throws Exception {
    List<Path> files = checkedFiles();
    List<TensorSpec> in = inputs.stream().map(TensorSpec::parse).toList();
    List<TensorSpec> out = outputs.stream().map(TensorSpec::parse).toList();
    List<Step> before = steps.before();
    List<Step> after = steps.after();
    Identity key = operator.load();
    List<Manifest.File> described = describe(files);
    try (NodeClient client = target.connect(key)) {
      long number = version > 0 ? version : newestKnown(client) + 1;
      Manifest manifest =
          new Manifest(
              name, number, engine, described, in, out, new TreeMap<>(parameters), before, after);
      PushModelResponse pushed =
          new ModelUpload(client, key, spec.commandLine().getErr()).send(manifest, files);
      spec.commandLine()
          .getOut()
          .println(
              "pushed %s version %d (%s) to %s"
                  .formatted(
                      pushed.getName(),
                      pushed.getVersion(),
                      Digest.parse(pushed.getManifestId()).shortName(),
                      client.address()));
      return 0;
    }
  }

  private List<Path> checkedFiles() throws IOException, ModelException {
    if (!engine.equals(PYTORCH)) {
      if (file != null) {
        throw new ConfigException("the engine '" + engine + "' takes no file: leave FILE out");
      }
      return List.of();
    }
    if (file == null) {
      throw new ConfigException("the engine 'pytorch' needs a TorchScript file: pass FILE.pt");
    }
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new ConfigException(file + ": no such file, or not readable");
    }
    TorchFile.check(file);
    return List.of(file);
  }

  private static List<Manifest.File> describe(List<Path> files) throws IOException {
    if (files.isEmpty()) {
      return List.of();
    }
    MessageDigest sha256 = Digest.newSha256();
    long bytes;
    try (InputStream in = new DigestInputStream(Files.newInputStream(files.get(0)), sha256)) {
      bytes = in.transferTo(OutputStream.nullOutputStream());
    }
    return List.of(new Manifest.File(FILE_NAME, bytes, Digest.of(sha256.digest())));
  }

  private long newestKnown(NodeClient client) {
    return client
        .admin()
        .listModels(ListModelsRequest.getDefaultInstance())
        .getModelsList()
        .stream()
        .filter(model -> model.getName().equals(name))
        .mapToLong(ModelInfo::getVersion)
        .max()
        .orElse(0);
  }
}
