// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api;

import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.Residency;
import io.rhizome.node.models.Manifests;
import io.rhizome.node.models.ModelException;
import io.rhizome.node.models.ReadyModels;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.node.protocol.RequestHead;
import io.rhizome.node.protocol.inference.DataType;
import io.rhizome.node.protocol.inference.InferStatistics;
import io.rhizome.node.protocol.inference.ModelConfig;
import io.rhizome.node.protocol.inference.ModelInput;
import io.rhizome.node.protocol.inference.ModelMetadataResponse;
import io.rhizome.node.protocol.inference.ModelOutput;
import io.rhizome.node.protocol.inference.ModelStatistics;
import io.rhizome.node.protocol.inference.ModelStatisticsResponse;
import io.rhizome.node.protocol.inference.RepositoryIndexResponse;
import io.rhizome.node.protocol.inference.RepositoryIndexResponse.ModelIndex;
import io.rhizome.node.protocol.inference.ServerMetadataResponse;
import io.rhizome.node.protocol.inference.StatisticDuration;
import io.rhizome.node.serving.Counters;
import io.rhizome.node.serving.Counters.ModelKey;
import io.rhizome.node.serving.ModelCounters;
import io.rhizome.node.serving.ModelNames;
import io.rhizome.node.serving.ModelNames.Target;
import io.rhizome.store.Datatype;
import io.rhizome.store.Manifest;
import io.rhizome.store.TensorSpec;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What clients are told of the server and its models, the same through every door. A model that any
 * usable node serves is described by every node; statistics are of this node's own runs.
 *
 * <p>Versions are the protocol's texts: empty for the newest. Any thread; nothing blocks.
 */
public final class ServedModels {
  private static final List<String> EXTENSIONS =
      List.of("binary_tensor_data", "model_configuration", "model_repository", "statistics");

  private final ReadyModels models;
  private final Manifests manifests;
  private final ModelNames names;
  private final Supplier<MembershipView> membership;
  private final Counters counters;
  private final String serverVersion;

  /** Tells of these. */
  public ServedModels(
      ReadyModels models,
      Manifests manifests,
      ModelNames names,
      Supplier<MembershipView> membership,
      Counters counters,
      String serverVersion) {
    this.models = models;
    this.manifests = manifests;
    this.names = names;
    this.membership = membership;
    this.counters = counters;
    this.serverVersion = serverVersion;
  }

  /** What clients call models. */
  public ModelNames names() {
    return names;
  }

  /** Name, version and what of Triton's extensions is here. */
  public ServerMetadataResponse server() {
    return ServerMetadataResponse.newBuilder()
        .setName("rhizome")
        .setVersion(serverVersion)
        .addAllExtensions(EXTENSIONS)
        .build();
  }

  /** Whether some usable node serves it. */
  public boolean isReady(String name, String version) throws MalformedException {
    Target wanted = names.newest(name, RequestHead.parseVersion(version));
    return readyVersions(wanted.model()).stream()
        .anyMatch(v -> wanted.version() == 0 || v == wanted.version());
  }

  /** Its metadata; fails with a {@link ModelException}. */
  public CompletableFuture<ModelMetadataResponse> metadata(String name, String version)
      throws MalformedException {
    Target wanted = names.newest(name, RequestHead.parseVersion(version));
    return manifests.find(wanted.model(), wanted.version()).thenApply(this::metadata);
  }

  private ModelMetadataResponse metadata(Manifest manifest) {
    ModelMetadataResponse.Builder metadata =
        ModelMetadataResponse.newBuilder().setName(manifest.name()).setPlatform(platform(manifest));
    NavigableSet<Long> versions = readyVersions(manifest.name());
    versions.add(manifest.version());
    versions.forEach(v -> metadata.addVersions(Long.toString(v)));
    manifest.clientInputs().forEach(spec -> metadata.addInputs(describe(spec)));
    manifest.clientOutputs().forEach(spec -> metadata.addOutputs(describe(spec)));
    return metadata.build();
  }

  private static ModelMetadataResponse.TensorMetadata describe(TensorSpec spec) {
    return ModelMetadataResponse.TensorMetadata.newBuilder()
        .setName(spec.name())
        .setDatatype(spec.datatype().name())
        .addAllShape(spec.shape())
        .build();
  }

  private static String platform(Manifest manifest) {
    return manifest.engine().equals("pytorch") ? "pytorch_torchscript" : manifest.engine();
  }

  /** Its configuration in Triton's terms; fails with a {@link ModelException}. */
  public CompletableFuture<ModelConfig> config(String name, String version)
      throws MalformedException {
    Target wanted = names.newest(name, RequestHead.parseVersion(version));
    return manifests.find(wanted.model(), wanted.version()).thenApply(ServedModels::configOf);
  }

  private static ModelConfig configOf(Manifest manifest) {
    ModelConfig.Builder config =
        ModelConfig.newBuilder()
            .setName(manifest.name())
            .setPlatform(platform(manifest))
            .setBackend(manifest.engine());
    for (TensorSpec spec : manifest.clientInputs()) {
      config.addInput(
          ModelInput.newBuilder()
              .setName(spec.name())
              .setDataType(dataType(spec.datatype()))
              .addAllDims(spec.shape()));
    }
    for (TensorSpec spec : manifest.clientOutputs()) {
      config.addOutput(
          ModelOutput.newBuilder()
              .setName(spec.name())
              .setDataType(dataType(spec.datatype()))
              .addAllDims(spec.shape()));
    }
    return config.build();
  }

  private static DataType dataType(Datatype datatype) {
    return datatype == Datatype.BYTES
        ? DataType.TYPE_STRING
        : DataType.valueOf("TYPE_" + datatype.name());
  }

  /**
   * How the runs on this node went.
   *
   * @param name empty for all models that ran here
   * @throws ModelException {@code NOT_FOUND} where no usable node serves it and it never ran here
   */
  public ModelStatisticsResponse statistics(String name, String version)
      throws MalformedException, ModelException {
    long wanted = RequestHead.parseVersion(version);
    SortedMap<ModelKey, ModelStatistics> found = new TreeMap<>();
    counters.models().forEach((key, ran) -> found.put(key, statistics(key, ran)));
    if (!name.isEmpty()) {
      found.keySet().removeIf(key -> !key.model().equals(name));
      for (long served : readyVersions(name)) {
        ModelKey key = new ModelKey(name, served);
        found.computeIfAbsent(key, never -> unused(key).build());
      }
      found.keySet().removeIf(key -> wanted != 0 && key.version() != wanted);
      if (found.isEmpty()) {
        throw new ModelException(
            ModelException.Code.NOT_FOUND,
            "no model '%s'%s is served".formatted(name, wanted == 0 ? "" : " version " + wanted));
      }
    }
    return ModelStatisticsResponse.newBuilder().addAllModelStats(found.values()).build();
  }

  private static ModelStatistics.Builder unused(ModelKey key) {
    StatisticDuration none = StatisticDuration.getDefaultInstance();
    return ModelStatistics.newBuilder()
        .setName(key.model())
        .setVersion(Long.toString(key.version()))
        .setInferenceStats(
            InferStatistics.newBuilder()
                .setSuccess(none)
                .setFail(none)
                .setQueue(none)
                .setComputeInput(none)
                .setComputeInfer(none)
                .setComputeOutput(none));
  }

  private static ModelStatistics statistics(ModelKey key, ModelCounters ran) {
    long count = ran.succeeded();
    return unused(key)
        .setLastInference(ran.lastMillis())
        .setInferenceCount(count)
        .setExecutionCount(count)
        .setInferenceStats(
            InferStatistics.newBuilder()
                .setSuccess(duration(count, ran.requestNanos()))
                .setFail(duration(ran.failed(), ran.failedNanos()))
                .setQueue(duration(count, ran.queueNanos()))
                .setComputeInput(duration(count, ran.inputNanos()))
                .setComputeInfer(duration(count, ran.inferNanos()))
                .setComputeOutput(duration(count, ran.outputNanos())))
        .build();
  }

  private static StatisticDuration duration(long count, long nanos) {
    return StatisticDuration.newBuilder().setCount(count).setNs(nanos).build();
  }

  /** The models that usable nodes hold; {@code readyOnly} leaves out those that none serves. */
  public RepositoryIndexResponse index(boolean readyOnly) {
    SortedMap<ModelKey, Boolean> served = new TreeMap<>();
    for (Member member : membership.get().members().values()) {
      if (member.status().usable()) {
        for (Residency held : member.state().models()) {
          boolean ready = held.state() == Residency.State.READY;
          served.merge(new ModelKey(held.model(), held.version()), ready, Boolean::logicalOr);
        }
      }
    }
    RepositoryIndexResponse.Builder index = RepositoryIndexResponse.newBuilder();
    served.forEach(
        (key, ready) -> {
          if (ready || !readyOnly) {
            index.addModels(
                ModelIndex.newBuilder()
                    .setName(key.model())
                    .setVersion(Long.toString(key.version()))
                    .setState(ready ? "READY" : "UNAVAILABLE")
                    .setReason(ready ? "" : "stored, loaded by no node"));
          }
        });
    return index.build();
  }

  private NavigableSet<Long> readyVersions(String model) {
    NavigableSet<Long> versions = new TreeSet<>();
    for (Member member : membership.get().members().values()) {
      if (member.status().usable()) {
        for (Residency held : member.state().models()) {
          if (held.model().equals(model) && held.state() == Residency.State.READY) {
            versions.add(held.version());
          }
        }
      }
    }
    models.resident().stream()
        .filter(held -> held.model().equals(model) && held.state() == Residency.State.READY)
        .forEach(held -> versions.add(held.version()));
    return versions;
  }
}
