// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.node.jobs.ItemRunner.Answered;
import io.rhizome.node.jobs.ItemRunner.Outcome;
import io.rhizome.node.jobs.JobStatus.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A site, {@code north}, whose one node gets help from {@code south}, which has one too. */
final class OffloaderTest {
  private static final JobSpec SPEC =
      new JobSpec(new JobId("night-1"), "lab", "digits", 0, 0, Duration.ofHours(1));
  private static final int ITEMS = 100;
  private static final int LARGE = ItemResult.MAX_INLINE_BYTES + 1;

  @TempDir Path directory;
  private final MemoryJobStore northStore = new MemoryJobStore("n");
  private final MemoryJobStore southStore = new MemoryJobStore("s");
  private final TestNode.Nodes northNodes = new TestNode.Nodes();
  private final List<OtherSites.Offer> offers = new ArrayList<>();
  private final South others = new South();
  private TestNode north;
  private TestNode south;
  private Offloader offloader;

  /** The other site, over a link that may be cut. */
  private final class South implements OtherSites {
    boolean cut;
    boolean refuses;

    private Jobs jobs() throws IOException {
      if (cut) {
        throw new IOException("no link");
      }
      return south.jobs;
    }

    @Override
    public List<Offer> offers(Job job) {
      return offers;
    }

    @Override
    public boolean reaches(String site) {
      return !cut;
    }

    @Override
    public void handOver(String site, Job job, Items items) throws IOException {
      if (refuses) {
        throw new IOException("jobs are off there");
      }
      try (Jobs.Upload upload = jobs().upload(job.spec(), 0)) {
        items.forEach(
            item -> {
              try {
                upload.add(item);
              } catch (JobException e) {
                throw new IOException(e);
              }
            });
        assertThat(upload.accept().job().items()).isEqualTo(job.items());
      } catch (JobException e) {
        throw new IOException(e);
      }
    }

    @Override
    public Optional<Progress> progress(String site, JobId job) throws IOException {
      try {
        JobStatus status = jobs().status(job);
        return Optional.of(new Progress(status.done(), status.state() == State.CANCELLED));
      } catch (JobException e) {
        return Optional.empty();
      }
    }

    @Override
    public List<ItemResult> results(String site, JobId job, int first, int count)
        throws IOException {
      try {
        return jobs().results(job, first, count);
      } catch (JobException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void cancel(String site, JobId job) throws IOException {
      try {
        var unused = jobs().cancel(job);
      } catch (JobException e) {
        throw new IOException(e);
      }
    }
  }

  @BeforeEach
  void startTwoSites() throws IOException {
    north = node("n", northStore, northNodes, item -> new Answered(text("north " + read(item))));
    south = node("s", southStore, new TestNode.Nodes(), OffloaderTest::answeredInSouth);
    offloader = offloader();
    north.conditions = offloader;
    offers.add(new OtherSites.Offer("south", 1, 0, 1));
  }

  private Offloader offloader() {
    return north.offloader("north", others);
  }

  private TestNode node(
      String name, JobStore store, TestNode.Nodes nodes, Function<byte[], Outcome> model)
      throws IOException {
    ItemRunner items = (job, item) -> CompletableFuture.completedFuture(model.apply(item));
    return new TestNode(name, directory.resolve(name), store, nodes, items);
  }

  /** The first item's answer is large, and the last fails. */
  private static Outcome answeredInSouth(byte[] item) {
    return switch (read(item)) {
      case "0" -> new Answered(new byte[LARGE]);
      case "99" -> new ItemRunner.Failed("it is 99");
      default -> new Answered(text("south " + read(item)));
    };
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String read(byte[] text) {
    return new String(text, StandardCharsets.UTF_8);
  }

  @AfterEach
  void end() {
    offloader.close();
    north.close();
    south.close();
  }

  private void submit() throws JobException {
    try (Jobs.Upload upload = north.jobs.upload(SPEC, 0)) {
      for (int i = 0; i < ITEMS; i++) {
        upload.add(text(Integer.toString(i)));
      }
      var unused = upload.accept();
    }
  }

  private JobStatus status() throws JobException {
    return north.jobs.status(SPEC.id());
  }

  private Job part() {
    return southStore.jobs().get(0).job();
  }

  private void awaitSouthDone() {
    south.runner.start();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> south.jobs.status(part().id()).state() == State.DONE);
  }

  private void assertAllFromSouth() throws JobException {
    List<ItemResult> results = north.jobs.results(SPEC.id(), 0, ITEMS);
    assertThat(results).hasSize(ITEMS);
    assertThat(results.get(0))
        .isEqualTo(new ItemResult(0, ItemResult.Kind.ANSWER, new byte[LARGE]));
    for (int i = 1; i < ITEMS - 1; i++) {
      assertThat(results.get(i))
          .isEqualTo(new ItemResult(i, ItemResult.Kind.ANSWER, text("south " + i)));
    }
    assertThat(results.get(ITEMS - 1)).isEqualTo(ItemResult.error(ITEMS - 1, "it is 99"));
  }

  @Test
  void whatNobodyHereCanRunGoesToTheOtherSiteAndItsResultsComeBack() throws Exception {
    submit();
    offloader.once();
    assertThat(part().items()).isEqualTo(ITEMS);
    assertThat(part().spec().source()).isEqualTo(new JobSource("alps", "north"));
    assertThat(part().spec().tenant()).isEqualTo("lab");
    assertThat(offloader.whyNot(status().job())).contains("its items go to site south");
    offloader.once();
    assertThat(offloader.waiting(status().job())).containsExactly("100 items are at site south");
    awaitSouthDone();
    offloader.once();
    assertThat(status().state()).isEqualTo(State.DONE);
    assertThat(status().failed()).isEqualTo(1);
    assertThat(status().reruns()).isZero();
    assertAllFromSouth();
    assertThat(southStore.jobs()).hasSize(1);
  }

  @Test
  void aSiteThatIsCutOffWorksOnWhatItWasGiven() throws Exception {
    submit();
    offloader.once();
    others.cut = true;
    offers.clear();
    awaitSouthDone();
    offloader.once();
    north.runner.start();
    assertThat(offloader.waiting(status().job()))
        .containsExactly("100 items are at site south, to which there is no link now");
    assertThat(status().done()).isZero();
    others.cut = false;
    offloader.once();
    assertThat(status().state()).isEqualTo(State.DONE);
    assertAllFromSouth();
  }

  @Test
  void anotherNodeOfTheSiteGoesOnWithWhatOneHandedOver() throws Exception {
    submit();
    offloader.once();
    awaitSouthDone();
    try (Offloader other = offloader()) {
      other.once();
    }
    assertThat(status().state()).isEqualTo(State.DONE);
    assertAllFromSouth();
  }

  @Test
  void whatTheOtherSiteDoesNotKnowAnyMoreIsDoneHere() throws Exception {
    submit();
    offloader.once();
    southStore.remove(part());
    offers.clear();
    offloader.once();
    assertAllDoneHere();
  }

  private void assertAllDoneHere() throws JobException {
    north.runner.start();
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> status().state() == State.DONE);
    assertThat(status().reruns()).isZero();
    assertThat(read(north.jobs.results(SPEC.id(), 7, 1).get(0).value())).isEqualTo("north 7");
  }

  @Test
  void aPartIsRenewedOnlyWhileSomethingOfItIsDone() throws Exception {
    submit();
    offloader.once();
    offloader.once();
    long begun = beat();
    north.clock.addAndGet(Duration.ofMinutes(2).toMillis());
    offloader.once();
    assertThat(beat()).describedAs("nothing was done").isEqualTo(begun);
    Job part = part();
    SliceState first = southStore.slices(part).get(0);
    SliceState mine = southStore.change(part.slice(0), SliceChange.claim("s", first)).orElseThrow();
    var unused = southStore.change(part.slice(0), SliceChange.finish(mine, 0));
    offloader.once();
    assertThat(beat()).isEqualTo(begun + 1);
  }

  /** Counts signs of life of the last slice. */
  private long beat() throws JobException {
    List<SliceState> slices = northStore.slices(status().job());
    return slices.get(slices.size() - 1).beat();
  }

  @Test
  void whatTheOtherSiteDoesNotTakeIsDoneHereAndItIsLeftAloneForAWhile() throws Exception {
    others.refuses = true;
    submit();
    offloader.once();
    assertThat(southStore.jobs()).isEmpty();
    others.refuses = false;
    offloader.once();
    assertThat(southStore.jobs()).isEmpty();
    assertThat(offloader.whyNot(status().job())).isEmpty();
    assertAllDoneHere();
  }

  @Test
  void whatWasGivenUpThereIsDoneHere() throws Exception {
    submit();
    offloader.once();
    southStore.cancel(part(), true);
    offers.clear();
    offloader.once();
    assertAllDoneHere();
  }

  @Test
  void aJobThatIsGivenUpIsGivenUpThereToo() throws Exception {
    submit();
    offloader.once();
    var unused = north.jobs.cancel(SPEC.id());
    offloader.once();
    assertThat(southStore.jobs().get(0).cancelled()).isTrue();
    assertThat(northStore.slices(status().job())).noneMatch(Offload::isAway);
    offloader.once();
    assertThat(southStore.jobs()).hasSize(1);
  }

  @Test
  void aLargeJobIsSharedAndTheNextPartGoesOnceTheLastIsDone() throws Exception {
    offers.add(0, new OtherSites.Offer("", 1, 0, 1));
    try (Jobs.Upload upload = north.jobs.upload(SPEC, 0)) {
      for (int i = 0; i < 50 * Job.SLICE_ITEMS; i++) {
        upload.add(text("1"));
      }
      var unused = upload.accept();
    }
    offloader.once();
    assertThat(part().slices()).describedAs("half of what is more than 32").isEqualTo(9);
    assertThat(offloader.whyNot(status().job())).isEmpty();
    List<SliceState> slices = northStore.slices(status().job());
    assertThat(slices.subList(0, 41)).noneMatch(Offload::isAway);
    assertThat(slices.subList(41, 50)).allMatch(Offload::isAway);
    offloader.once();
    assertThat(southStore.jobs()).hasSize(1);
    awaitSouthDone();
    offloader.once();
    assertThat(status().done()).isEqualTo(9 * Job.SLICE_ITEMS);
    offloader.once();
    assertThat(southStore.jobs()).hasSize(2);
  }
}
