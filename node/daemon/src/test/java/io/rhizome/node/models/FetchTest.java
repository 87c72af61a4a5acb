// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import static io.rhizome.node.models.Fakes.bytes;
import static io.rhizome.node.models.Fakes.done;
import static io.rhizome.node.models.Fakes.failure;
import static io.rhizome.node.models.Fakes.node;
import static io.rhizome.node.models.Fakes.signed;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.models.LoadProgress.Stage;
import io.rhizome.node.models.ModelException.Code;
import io.rhizome.store.Chunk;
import io.rhizome.store.ChunkIndex;
import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import io.rhizome.store.SignedManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a model comes from peers that may fail or lie. */
class FetchTest {
  @TempDir private Path directory;

  private final SignedManifest digits = signed("digits", 1, "weights", "labels");
  private final SignedManifest second = signed("digits", 2, "better");
  private final Fakes.Membership membership = new Fakes.Membership();
  private final Fakes.Source source = new Fakes.Source();
  private final Fakes.Engine engine = new Fakes.Engine();
  private final List<LoadProgress> progress = Collections.synchronizedList(new ArrayList<>());
  private Models models;

  @BeforeEach
  void openModels() throws IOException {
    models = open(ModelsConfig.DEFAULT, source);
  }

  @AfterEach
  void closeModels() {
    models.close();
  }

  @Test
  void getsAFileFromAllHoldersAtOnce() throws Exception {
    String weights = "weights ".repeat(40);
    SignedManifest large = signed("large", 1, weights);
    for (int i = 1; i <= 3; i++) {
      membership.holder(i, large);
      source.holder(i, large, weights);
    }

    done(models.load("large", 0, progress::add));

    assertThat(engine.calls).containsExactly("load large 1 " + weights);
    assertThat(source.asked)
        .anyMatch(ask -> ask.startsWith("chunk") && ask.endsWith("from 1"))
        .anyMatch(ask -> ask.startsWith("chunk") && ask.endsWith("from 2"))
        .anyMatch(ask -> ask.startsWith("chunk") && ask.endsWith("from 3"))
        .doesNotHaveDuplicates();
    assertThat(progress).extracting(LoadProgress::peers).anyMatch(peers -> peers > 1);
  }

  @Test
  void flippedBytesNeverReachTheExecutorAndComeFromAnotherHolder() throws Exception {
    membership.holder(1, digits).holder(2, digits);
    source.holder(1, digits, "weights", "labels").flipping(1);
    source.holder(2, digits, "weights", "labels");

    done(models.load("digits", 1, progress::add));

    assertThat(engine.calls).containsExactly("load digits 1 weights labels");
    assertThat(source.asked)
        .contains("chunk at 0 from 2", "chunk at 3 from 2", "chunk at 6 from 2");
  }

  @Test
  void anIndexThatLiesIsLeftForTheNextHoldersAndItsPeerIsAskedNoMore() throws Exception {
    membership.holder(1, digits).holder(2, digits).holder(3, digits);
    source.holder(1, digits, "labels").file(1, Digest.sha256(bytes("weights")), "WEIGHTS");
    source.file(2, Digest.sha256(bytes("weights")), "weights and more");
    source.holder(3, digits, "weights", "labels");

    done(models.load("digits", 1, progress::add));

    assertThat(engine.calls).containsExactly("load digits 1 weights labels");
    assertThat(source.asked)
        .containsSubsequence(
            "index of file0 from 1", "index of file0 from 2", "index of file0 from 3");
  }

  @Test
  void aRestartedNodeFetchesOnlyWhatHadNotArrived() throws Exception {
    String weights = "a fairly long file";
    SignedManifest large = signed("large", 1, weights);
    membership.holder(1, large);
    source.holder(1, large, weights);
    CountDownLatch arrived = new CountDownLatch(1);
    models.close();
    models = open(ModelsConfig.DEFAULT, new UntilByte(source, 9, arrived));
    CompletableFuture<Loaded> cut = models.load("large", 1, progress::add);
    assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
    Awaitility.await().until(() -> progress.stream().anyMatch(step -> step.bytesDone() == 9));
    models.close();
    assertThat(failure(cut)).hasMessageContaining("stopping");
    source.asked.clear();
    progress.clear();

    models = open(ModelsConfig.DEFAULT, source);
    done(models.load("large", 1, progress::add));

    assertThat(engine.calls).containsExactly("load large 1 " + weights);
    assertThat(source.asked)
        .filteredOn(ask -> ask.startsWith("chunk"))
        .containsExactlyInAnyOrder("chunk at 9 from 1", "chunk at 12 from 1", "chunk at 15 from 1");
    assertThat(progress).contains(new LoadProgress(Stage.FETCHING, 18, 18, 9, 0, large.id(), 1));
    assertThat(directory.resolve("incoming")).isEmptyDirectory();
  }

  /** Passes on what lies before a byte, and never answers for what comes after. */
  private record UntilByte(ModelSource source, long end, CountDownLatch reached)
      implements ModelSource {
    @Override
    public CompletionStage<SignedManifest> manifest(NodeId holder, Digest id) {
      return source.manifest(holder, id);
    }

    @Override
    public CompletionStage<ChunkIndex> index(NodeId holder, Manifest.File file) {
      return source.index(holder, file);
    }

    @Override
    public CompletionStage<Fetched> chunk(NodeId holder, Digest file, Chunk chunk) {
      if (chunk.offset() >= end) {
        reached.countDown();
        return new CompletableFuture<>();
      }
      return source.chunk(holder, file, chunk);
    }
  }

  @Test
  void failsWhenAllHoldersLieAndSaysWhoSentWhat() {
    membership.holder(1, digits);
    source.holder(1, digits).file(1, Digest.sha256(bytes("weights")), "WEIGHTS");

    ModelException failure = failure(models.load("digits", 1, progress::add));

    assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(failure).hasMessageContaining(node(1).shortName()).hasMessageContaining("digest");
    assertThat(engine.calls).isEmpty();
    assertThat(models.resident()).isEmpty();
    assertThat(directory.resolve("blobs")).isEmptyDirectory();
  }

  @Test
  void aHolderThatFallsSilentIsLeftForTheNext() throws Exception {
    membership.holder(1, second).holder(2, second);
    source.holder(1, second).holder(2, second, "better");
    ModelSource silent = new SilentChunks(source, node(1));
    models.close();
    Duration limit = Duration.ofSeconds(30);
    Duration stall = Duration.ofSeconds(1);
    models = open(new ModelsConfig(8, 100, 8, limit, stall, limit, 0), silent);

    done(models.load("digits", 0, progress::add));

    assertThat(engine.calls).containsExactly("load digits 2 better");
    assertThat(directory.resolve("incoming")).isEmptyDirectory();
  }

  /** One peer that never sends a chunk. */
  private record SilentChunks(ModelSource source, NodeId silent) implements ModelSource {
    @Override
    public CompletionStage<SignedManifest> manifest(NodeId holder, Digest id) {
      return source.manifest(holder, id);
    }

    @Override
    public CompletionStage<ChunkIndex> index(NodeId holder, Manifest.File file) {
      return source.index(holder, file);
    }

    @Override
    public CompletionStage<Fetched> chunk(NodeId holder, Digest file, Chunk chunk) {
      return holder.equals(silent) ? new CompletableFuture<>() : source.chunk(holder, file, chunk);
    }
  }

  private Models open(ModelsConfig config, ModelSource from) throws IOException {
    return Models.open(
        directory,
        config,
        new Models.Ports(engine, from, Fakes::trusted, membership::view, held -> {}, () -> false));
  }
}
