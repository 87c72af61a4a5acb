// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import static io.rhizome.node.models.Fakes.bytes;
import static io.rhizome.node.models.Fakes.done;
import static io.rhizome.node.models.Fakes.failure;
import static io.rhizome.node.models.Fakes.signed;
import static io.rhizome.node.models.Fakes.signedByAStranger;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Residency;
import io.rhizome.node.executor.InferenceException;
import io.rhizome.node.models.LoadProgress.Stage;
import io.rhizome.node.models.ModelException.Code;
import io.rhizome.store.BlobWriter;
import io.rhizome.store.Chunk;
import io.rhizome.store.ChunkIndex;
import io.rhizome.store.DamagedFileException;
import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import io.rhizome.store.SignedManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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

class ModelsTest {
  @TempDir private Path directory;

  private final SignedManifest digits = signed("digits", 1, "weights", "labels");
  private final SignedManifest second = signed("digits", 2, "better");
  private final Fakes.Membership membership = new Fakes.Membership();
  private final Fakes.Source source = new Fakes.Source();
  private final Fakes.Engine engine = new Fakes.Engine();
  private final List<List<Residency>> advertised = Collections.synchronizedList(new ArrayList<>());
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
  void loadsAModelFromAHolder() throws Exception {
    membership.holder(1, digits);
    source.holder(1, digits, "weights", "labels");

    Loaded loaded = done(models.load("digits", 0, progress::add));

    assertThat(loaded).isEqualTo(new Loaded(digits.id(), digits.manifest()));
    assertThat(engine.calls).containsExactly("load digits 1 weights labels");
    assertThat(models.ready("digits", 0)).contains(loaded);
    assertThat(models.ready("digits", 1)).contains(loaded);
    assertThat(advertised)
        .containsExactly(
            List.of(residency(digits, Residency.State.STORED)),
            List.of(residency(digits, Residency.State.READY)));
    assertThat(progress.stream().map(LoadProgress::stage).distinct())
        .containsExactly(Stage.FETCHING, Stage.VERIFYING, Stage.LOADING, Stage.READY);
    assertThat(progress)
        .contains(new LoadProgress(Stage.FETCHING, 7, 13, 7, 0, digits.id(), 1))
        .contains(new LoadProgress(Stage.READY, 13, 13, 0, 0, digits.id(), 1));
  }

  @Test
  void anUntrustedSignerIsRefusedBeforeAnyFileIsFetched() {
    SignedManifest foreign = signedByAStranger("digits", 1, "weights");
    membership.holder(1, foreign);
    source.holder(1, foreign, "weights");

    ModelException failure = failure(models.load("digits", 0, progress::add));

    assertThat(failure.code()).isEqualTo(Code.UNTRUSTED);
    assertThat(source.asked).containsExactly("manifest from 1");
    assertThat(engine.calls).isEmpty();
  }

  @Test
  void aManifestOfAnotherIdIsNotTaken() throws Exception {
    membership.holder(1, digits).holder(2, digits);
    source.manifest(1, digits.id(), second);
    source.holder(2, digits, "weights", "labels");

    assertThat(done(models.load("digits", 0, progress::add)).id()).isEqualTo(digits.id());
  }

  @Test
  void aFalseAdvertisementDoesNotHideTheNewestRealVersion() throws Exception {
    SignedManifest foreign = signedByAStranger("digits", 99, "evil");
    membership.holder(1, foreign).holder(2, second, digits);
    source.holder(1, foreign, "evil").holder(2, second, "better");

    assertThat(done(models.load("digits", 0, progress::add)).id()).isEqualTo(second.id());
    assertThat(engine.calls).containsExactly("load digits 2 better");
  }

  @Test
  void doesNotFallBackToAnOlderVersionWhenTheNewestCannotBeReached() {
    membership.holder(1, second).holder(2, digits);
    source.holder(2, digits, "weights", "labels");

    ModelException failure = failure(models.load("digits", 0, progress::add));

    assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("connection refused");
  }

  @Test
  void deadHoldersAreNotAsked() {
    membership.dead(1, digits);

    assertThat(failure(models.load("digits", 0, progress::add)).code()).isEqualTo(Code.NOT_FOUND);
    assertThat(source.asked).isEmpty();
  }

  @Test
  void acceptsAPushAfterATrialRun() throws Exception {
    push(digits, "weights", "labels");

    assertThat(engine.calls).containsExactly("load digits 1 weights labels");
    assertThat(models.resident()).containsExactly(residency(digits, Residency.State.READY));
    assertThat(models.manifest(digits.id())).isPresent();
    Digest weights = digits.manifest().files().get(0).digest();
    Chunk whole = new Chunk(0, 7, weights);
    assertThat(models.index(weights).chunks()).containsExactly(whole);
    assertThat(models.chunk(weights, whole)).isEqualTo(ByteBuffer.wrap(bytes("weights")));
  }

  @Test
  void aPushThatFailsItsTrialLeavesNothing() {
    engine.failure = InferenceException.Code.UNLOADABLE;
    assertThat(failure(importing(digits, "weights", "labels")).code()).isEqualTo(Code.INVALID);
    engine.failure = InferenceException.Code.OUT_OF_MEMORY;
    assertThat(failure(importing(digits, "weights", "labels")).code())
        .isEqualTo(Code.OUT_OF_MEMORY);

    assertThat(models.resident()).isEmpty();
    assertThat(advertised).isEmpty();
    assertThat(directory.resolve("blobs")).isEmptyDirectory();
    assertThat(directory.resolve("links")).isEmptyDirectory();
    assertThat(directory.resolve("manifests")).isEmptyDirectory();
  }

  @Test
  void aPushOfWrongOrMissingBytesIsInvalid() {
    ModelException wrong = failure(importing(digits, "weights", "LABELS"));
    assertThat(wrong.code()).isEqualTo(Code.INVALID);
    assertThat(wrong).hasMessageContaining("'file1'");

    ModelException missing = failure(importing(digits, "weights"));
    assertThat(missing.code()).isEqualTo(Code.INVALID);
    assertThat(missing).hasMessageContaining("'file1' was not sent");
    assertThat(engine.calls).doesNotContain("load digits 1 weights labels");
    assertThat(directory.resolve("blobs")).isEmptyDirectory();
    assertThat(directory.resolve("partial")).isEmptyDirectory();
  }

  @Test
  void aPushOfAVersionTakenHereOrElsewhereIsRefusedWithTheNextFreeOne() throws Exception {
    push(digits, "weights", "labels");
    membership.holder(1, second);
    SignedManifest rival = signed("digits", 1, "rival");
    SignedManifest rivalOfSecond = signed("digits", 2, "rival");

    for (SignedManifest refused : List.of(rival, rivalOfSecond)) {
      assertThatExceptionOfType(ModelException.class)
          .isThrownBy(() -> models.stage(refused, refused.manifest().files().get(0)))
          .satisfies(e -> assertThat(e.code()).isEqualTo(Code.CONFLICT))
          .withMessageContaining("push this one as version 3");
    }
  }

  @Test
  void aPushByAStrangerIsRefusedBeforeItsBytes() {
    SignedManifest foreign = signedByAStranger("digits", 1, "weights");

    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> models.stage(foreign, foreign.manifest().files().get(0)))
        .satisfies(e -> assertThat(e.code()).isEqualTo(Code.UNTRUSTED));
    assertThat(failure(models.importModel(foreign, List.of())).code()).isEqualTo(Code.UNTRUSTED);
  }

  @Test
  void theSamePushAgainChangesNothing() throws Exception {
    push(digits, "weights", "labels");
    push(digits, "weights", "labels");

    assertThat(engine.calls).hasSize(1);
    assertThat(directory.resolve("partial")).isEmptyDirectory();
  }

  @Test
  void refusesMoreModelsOrLargerOnesThanItTakes() throws Exception {
    models.close();
    Duration limit = Duration.ofSeconds(30);
    models = open(new ModelsConfig(1, 7, 8, limit, limit, limit, 0), source);
    SignedManifest large = signed("large", 1, "too large");
    push(digits, "weights", "labels");

    for (SignedManifest refused : List.of(second, large)) {
      assertThat(failure(models.importModel(refused, List.of())).code()).isEqualTo(Code.FULL);
    }
  }

  @Test
  void theNewestLoadedVersionServesAndTheOlderStaysUntilItIsUnloaded() throws Exception {
    push(digits, "weights", "labels");
    push(second, "better");

    assertThat(models.ready("digits", 0).map(Loaded::id)).contains(second.id());
    assertThat(models.ready("digits", 1).map(Loaded::id)).contains(digits.id());

    assertThat(done(models.unload("digits", 2))).isEqualTo(1);
    assertThat(models.ready("digits", 0).map(Loaded::id)).contains(digits.id());
    assertThat(models.ready("digits", 2)).isEmpty();
    assertThat(models.ready("other", 0)).isEmpty();
    assertThat(engine.calls).endsWith("unload");
    assertThat(models.resident())
        .containsExactly(
            residency(digits, Residency.State.READY), residency(second, Residency.State.STORED));
  }

  @Test
  void removesOnlyWhatIsNotLoaded() throws Exception {
    push(digits, "weights", "labels");
    assertThat(failure(models.remove("digits", 0)).code()).isEqualTo(Code.STILL_LOADED);

    assertThat(done(models.unload("digits", 0))).isEqualTo(1);
    assertThat(done(models.unload("digits", 0))).isZero();
    assertThat(done(models.remove("digits", 0))).isEqualTo(1);

    assertThat(models.resident()).isEmpty();
    assertThat(directory.resolve("blobs")).isEmptyDirectory();
    assertThat(failure(models.remove("digits", 0)).code()).isEqualTo(Code.NOT_FOUND);
    assertThat(failure(models.unload("digits", 3)).code()).isEqualTo(Code.NOT_FOUND);
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> models.index(digits.manifest().files().get(0).digest()));
  }

  @Test
  void aRestartedNodeServesAgainWhatItServed() throws Exception {
    push(digits, "weights", "labels");
    push(second, "better");
    done(models.unload("digits", 1));
    restart();

    assertThat(models.ready("digits", 0)).isEmpty();
    assertThat(done(models.start())).isEqualTo(1);

    assertThat(models.ready("digits", 0).map(Loaded::id)).contains(second.id());
    assertThat(models.resident())
        .containsExactly(
            residency(digits, Residency.State.STORED), residency(second, Residency.State.READY));
    assertThat(source.asked).isEmpty();
  }

  @Test
  void aFileThatRottedIsFetchedAgain() throws Exception {
    push(digits, "weights", "labels");
    membership.holder(1, digits);
    source.holder(1, digits, "weights", "labels");
    done(models.unload("digits", 0));
    Path blob = directory.resolve("blobs").resolve(Digest.sha256(bytes("weights")).toString());
    Files.writeString(blob, "wEights");

    done(models.load("digits", 0, progress::add));

    assertThat(source.asked).contains("index of file0 from 1", "chunk at 6 from 1");
    assertThat(engine.calls).endsWith("load digits 1 weights labels");
  }

  @Test
  void loadsOnDemandWhatIsOnDiskAndFetchesNothingElse() throws Exception {
    push(digits, "weights", "labels");
    done(models.unload("digits", 0));
    membership.holder(1, digits, second);
    source.holder(1, second, "better");

    assertThat(failure(models.loadStored("digits", 2)).code()).isEqualTo(Code.NOT_FOUND);
    assertThat(done(models.loadStored("digits", 1)).id()).isEqualTo(digits.id());
    assertThat(done(models.loadStored("digits", 1)).id()).isEqualTo(digits.id());

    assertThat(models.ready("digits", 0).map(Loaded::id)).contains(digits.id());
    assertThat(engine.calls.stream().filter(call -> call.startsWith("load"))).hasSize(2);
    assertThat(source.asked).isEmpty();
  }

  @Test
  void aFileFoundRottenWhenAPeerAsksForItIsRepairedFromAnother() throws Exception {
    push(digits, "weights", "labels");
    membership.holder(1, digits);
    source.holder(1, digits, "weights", "labels");
    Digest weights = Digest.sha256(bytes("weights"));
    Path blob = directory.resolve("blobs").resolve(weights.toString());
    Chunk never = new Chunk(0, 3, weights);
    assertThatExceptionOfType(DamagedFileException.class)
        .isThrownBy(() -> models.chunk(weights, never));
    assertThat(done(models.unload("digits", 0))).isEqualTo(1);
    assertThat(source.asked).as("a chunk that never was there repairs nothing").isEmpty();
    Files.writeString(blob, "wEights");

    assertThatExceptionOfType(DamagedFileException.class)
        .isThrownBy(() -> models.chunk(weights, new Chunk(0, 7, weights)));

    Awaitility.await().until(() -> Files.exists(blob) && Files.readString(blob).equals("weights"));
    assertThat(source.asked).contains("index of file0 from 1").doesNotHaveDuplicates();
  }

  @Test
  void aRottenFileDoesNotKeepTheOthersFromLoadingAtAStart() throws Exception {
    push(digits, "weights", "labels");
    push(second, "better");
    Files.writeString(
        directory.resolve("blobs").resolve(Digest.sha256(bytes("weights")).toString()), "wEights");
    restart();

    assertThat(done(models.start())).isEqualTo(1);
    assertThat(models.ready("digits", 0).map(Loaded::id)).contains(second.id());
    assertThat(models.ready("digits", 1)).isEmpty();
  }

  @Test
  void closingEndsWhatRunsAndWhatWaits() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    membership.holder(1, digits);
    ModelSource stuck =
        new ModelSource() {
          @Override
          public CompletionStage<SignedManifest> manifest(NodeId holder, Digest id) {
            entered.countDown();
            return new CompletableFuture<>();
          }

          @Override
          public CompletionStage<ChunkIndex> index(NodeId holder, Manifest.File file) {
            return new CompletableFuture<>();
          }

          @Override
          public CompletionStage<Fetched> chunk(NodeId holder, Digest file, Chunk chunk) {
            return new CompletableFuture<>();
          }
        };
    models.close();
    models = open(ModelsConfig.DEFAULT, stuck);
    CompletableFuture<Loaded> running = models.load("digits", 0, progress::add);
    CompletableFuture<Integer> waiting = models.unload("digits", 0);
    assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();

    models.close();

    assertThat(failure(running)).hasMessageContaining("stopping");
    assertThat(failure(waiting)).hasMessageContaining("stopping");
    assertThat(failure(models.unload("digits", 0))).hasMessageContaining("stopping");
  }

  @Test
  void theDefaultsAreAsDocumented() {
    assertThat(ModelsConfig.DEFAULT)
        .isEqualTo(
            new ModelsConfig(
                256,
                16L << 30,
                64,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofMinutes(10),
                0));
    assertThat(ModelsConfig.DEFAULT.withMaxBytesPerSecond(7).maxBytesPerSecond()).isEqualTo(7);
  }

  private Models open(ModelsConfig config, ModelSource from) throws IOException {
    return Models.open(
        directory,
        config,
        new Models.Ports(
            engine, from, Fakes::trusted, membership::view, advertised::add, () -> false));
  }

  private void restart() throws IOException {
    models.close();
    engine.calls.clear();
    models = open(ModelsConfig.DEFAULT, source);
  }

  private void push(SignedManifest manifest, String... contents) throws Exception {
    done(importing(manifest, contents));
  }

  private CompletableFuture<Loaded> importing(SignedManifest manifest, String... contents) {
    List<BlobWriter> staged = new ArrayList<>();
    try {
      for (String content : contents) {
        BlobWriter writer = models.stage(manifest, manifest.manifest().files().get(staged.size()));
        writer.write(ByteBuffer.wrap(bytes(content)));
        staged.add(writer);
      }
    } catch (ModelException | IOException e) {
      throw new AssertionError(e);
    }
    return models.importModel(manifest, staged);
  }

  private static Residency residency(SignedManifest manifest, Residency.State state) {
    return new Residency(
        manifest.manifest().name(), manifest.manifest().version(), manifest.id().toString(), state);
  }
}
