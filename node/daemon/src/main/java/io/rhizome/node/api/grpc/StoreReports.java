// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.grpc;

import io.rhizome.gossip.Residency;
import io.rhizome.node.mesh.ManifestMessages;
import io.rhizome.node.models.Models;
import io.rhizome.node.models.Verified;
import io.rhizome.store.Garbage;
import io.rhizome.store.Manifest;
import io.rhizome.store.SignedManifest;
import io.rhizome.v1.CollectGarbageResponse;
import io.rhizome.v1.ModelFile;
import io.rhizome.v1.ShowModelResponse;
import io.rhizome.v1.VerifiedFile;
import io.rhizome.v1.VerifyModelsResponse;
import java.io.IOException;
import java.util.List;

/** What a node's store holds, as messages. */
final class StoreReports {
  private StoreReports() {}

  /** Blocks on the disk. */
  static ShowModelResponse shown(SignedManifest manifest, Models models) throws IOException {
    String id = manifest.id().toString();
    ShowModelResponse.Builder shown =
        ShowModelResponse.newBuilder()
            .setManifestId(id)
            .setSigned(ManifestMessages.toMessage(manifest))
            .setState(
                models.resident().stream()
                    .filter(held -> held.manifest().equals(id))
                    .map(Residency::state)
                    .findFirst()
                    .orElse(Residency.State.STORED)
                    .name());
    for (Manifest.File file : manifest.manifest().files()) {
      int chunks = models.index(file.digest()).chunks().size();
      shown.addFiles(message(file).toBuilder().setChunks(chunks));
    }
    return shown.build();
  }

  static VerifyModelsResponse verified(List<Verified> files) {
    VerifyModelsResponse.Builder response = VerifyModelsResponse.newBuilder();
    for (Verified each : files) {
      response.addFiles(
          VerifiedFile.newBuilder()
              .setModel(each.manifest().manifest().name())
              .setVersion(each.manifest().manifest().version())
              .setFile(message(each.file()))
              .setState(each.state().name())
              .setReason(each.reason()));
    }
    return response.build();
  }

  static CollectGarbageResponse collected(List<Garbage> garbage) {
    CollectGarbageResponse.Builder response = CollectGarbageResponse.newBuilder();
    for (Garbage each : garbage) {
      response.addFiles(
          io.rhizome.v1.Garbage.newBuilder()
              .setFile(each.file().toString())
              .setBytes(each.bytes())
              .setKind(each.kind().name()));
    }
    return response.build();
  }

  private static ModelFile message(Manifest.File file) {
    return ModelFile.newBuilder()
        .setName(file.name())
        .setBytes(file.bytes())
        .setDigest(file.digest().toString())
        .build();
  }
}
