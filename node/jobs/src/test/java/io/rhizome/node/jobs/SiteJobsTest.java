// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.node.jobs.ItemRunner.Answered;
import io.rhizome.node.jobs.ItemRunner.Failed;
import io.rhizome.node.jobs.ItemRunner.Later;
import io.rhizome.node.jobs.ItemRunner.Outcome;
import io.rhizome.node.jobs.JobStatus.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SiteJobsTest {
  private static final JobSpec SPEC =
      new JobSpec(new JobId("night-1"), "lab", "digits", 0, 0, Duration.ofHours(1));

  private final List<TestNode> nodes = new ArrayList<>();
  private final TestNode.Nodes site = new TestNode.Nodes();
  @TempDir Path directory;

  @AfterEach
  void end() {
    nodes.forEach(TestNode::close);
  }

  private TestNode node(String name, JobStore store, Function<byte[], Outcome> model) {
    ItemRunner items = (job, item) -> CompletableFuture.completedFuture(model.apply(item));
    try {
      TestNode node = new TestNode(name, directory.resolve(name), store, site, items);
      nodes.add(node);
      return node;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] item(int number) {
    return ("item " + number).getBytes(StandardCharsets.UTF_8);
  }

  private static Outcome echo(byte[] item) {
    return new Answered(item);
  }

  private static JobStatus submit(TestNode node, JobSpec spec, int items) throws JobException {
    try (Jobs.Upload upload = node.jobs.upload(spec, 0)) {
      for (int i = 0; i < items; i++) {
        upload.add(item(i));
      }
      return upload.accept();
    }
  }

  private static JobStatus awaitState(TestNode node, State state) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> node.jobs.status(SPEC.id()), status -> status.state() == state);
  }

  @Test
  void everyItemHasItsResultWhicheverNodeRanIt() throws Exception {
    JobStore store = new MemoryJobStore("a", "b");
    TestNode one = node("a", store, SiteJobsTest::echo);
    TestNode two = node("b", store, SiteJobsTest::echo);
    JobStatus accepted = submit(one, SPEC, 100);
    assertThat(accepted.state()).isEqualTo(State.RUNNING);
    assertThat(two.journal.entry(SPEC.id())).as("a majority of two is both").isPresent();
    one.runner.start();
    two.runner.start();
    JobStatus done = awaitState(two, State.DONE);
    assertThat(done.done()).isEqualTo(100);
    assertThat(done.reruns()).isZero();
    List<ItemResult> results = two.jobs.results(SPEC.id(), 30, 50);
    assertThat(results).hasSize(50);
    assertThat(results.get(0)).isEqualTo(new ItemResult(30, ItemResult.Kind.ANSWER, item(30)));
  }

  @Test
  void allJobsAreListedWithWhatIsDoneOfEach() throws Exception {
    MemoryJobStore store = new MemoryJobStore("a");
    TestNode one = node("a", store, SiteJobsTest::echo);
    int jobs = 3;
    for (int i = 0; i < jobs; i++) {
      // Together more slices than are read at once.
      JobId id = new JobId("night-" + i);
      var unused =
          submit(one, new JobSpec(id, "lab", "digits", 0, 0, Duration.ofHours(1)), 10_000 + i);
    }
    one.runner.start();
    List<JobStatus> listed =
        Awaitility.await()
            .atMost(Duration.ofSeconds(20))
            .until(
                one.jobs::list,
                all -> all.stream().allMatch(status -> status.state() == State.DONE));
    assertThat(listed)
        .extracting(status -> status.job().id().text())
        .containsExactly("night-0", "night-1", "night-2");
    assertThat(listed).extracting(JobStatus::done).containsExactly(10_000, 10_001, 10_002);
    one.runner.close();
    store.beginAnew();
    assertThat(one.jobs.list())
        .as("a store that began anew is asked anew")
        .extracting(JobStatus::done)
        .containsExactly(0, 0, 0);
  }

  @Test
  void isNotAcceptedWhereTooFewKeepItAndIsTheSameJobWhenSentAgain() throws Exception {
    JobStore store = new MemoryJobStore("a", "b", "c");
    TestNode one = node("a", store, SiteJobsTest::echo);
    node("b", store, SiteJobsTest::echo);
    node("c", store, SiteJobsTest::echo);
    site.cut.add("b");
    site.cut.add("c");
    assertThatThrownBy(() -> submit(one, SPEC, 20))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("must be on 2 of the site's 3 nodes")
        .hasMessageContaining("cannot be reached");
    assertThat(store.jobs()).isEmpty();
    site.cut.remove("c");
    assertThat(submit(one, SPEC, 20).job().items()).isEqualTo(20);
    assertThat(submit(one, SPEC, 20).job().items()).isEqualTo(20);
    assertThat(store.jobs()).hasSize(1);
    assertThatThrownBy(() -> submit(one, SPEC, 19))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("has 20 items, not 19");
  }

  @Test
  void aBrokenSubmissionGoesOnWhereItWas() throws Exception {
    JobStore store = new MemoryJobStore("a");
    TestNode one = node("a", store, SiteJobsTest::echo);
    try (Jobs.Upload upload = one.jobs.upload(SPEC, 0)) {
      for (int i = 0; i < 30; i++) {
        upload.add(item(i));
      }
      assertThatThrownBy(() -> one.jobs.upload(SPEC, 0)).hasMessageContaining("submitted now");
    }
    assertThat(one.jobs.uploaded(SPEC.id(), "lab")).isEqualTo(30);
    assertThatThrownBy(() -> one.jobs.upload(SPEC, 31)).hasMessageContaining("30 items");
    try (Jobs.Upload upload = one.jobs.upload(SPEC, 28)) {
      for (int i = 28; i < 40; i++) {
        upload.add(item(i));
      }
      assertThat(upload.accept().job().items()).isEqualTo(40);
    }
    JournalEntry entry = one.journal.entry(SPEC.id()).orElseThrow();
    assertThat(one.journal.items(entry, 1).get(15)).isEqualTo(item(31));
    assertThat(one.journal.items(entry, 2)).hasSize(8);
    assertThat(one.jobs.uploaded(SPEC.id(), "lab")).isEqualTo(40);
  }

  @Test
  void whatFailedIsKeptApartAndRunsAgainWhenAsked() throws Exception {
    JobStore store = new MemoryJobStore("a");
    AtomicInteger runs = new AtomicInteger();
    TestNode one =
        node(
            "a",
            store,
            item ->
                runs.incrementAndGet() == 3 ? new Failed("the model broke") : new Answered(item));
    submit(one, SPEC, 20);
    one.runner.start();
    assertThat(awaitState(one, State.DONE).failed()).isEqualTo(1);
    List<ItemResult> failed =
        one.jobs.results(SPEC.id(), 0, 20).stream().filter(ItemResult::failed).toList();
    assertThat(failed).hasSize(1);
    assertThat(one.jobs.list()).containsExactly(one.jobs.status(SPEC.id()));
    assertThat(failed.get(0).value()).asString(StandardCharsets.UTF_8).isEqualTo("the model broke");
    one.jobs.retry(SPEC.id());
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> one.jobs.status(SPEC.id()).failed() == 0);
    assertThat(awaitState(one, State.DONE).failed()).isZero();
    assertThat(one.jobs.list()).containsExactly(one.jobs.status(SPEC.id()));
    assertThat(runs.get()).as("only the failed one ran again").isEqualTo(21);
  }

  @Test
  void saysWhyItemsWaitAndGoesOnOnceTheyMay() throws Exception {
    JobStore store = new MemoryJobStore("a");
    AtomicInteger refusals = new AtomicInteger(70);
    TestNode one =
        node(
            "a",
            store,
            item ->
                refusals.decrementAndGet() > 0
                    ? new Later("nobody holds digits")
                    : new Answered(item));
    submit(one, SPEC, 20);
    one.runner.start();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> one.jobs.status(SPEC.id()).waiting(), List.of("nobody holds digits")::equals);
    assertThat(awaitState(one, State.DONE).reruns()).isZero();
  }

  @Test
  void itemsBeginOnlyWhileTheirWindowIsOpenAndWhatHasBegunGoesOn() throws Exception {
    Instant night = Instant.parse("2026-07-01T23:00:00Z");
    AtomicReference<Instant> now = new AtomicReference<>(night);
    JobStore store = new MemoryJobStore("a");
    TestNode one =
        node(
            "a",
            store,
            item -> {
              // Before any answer, so that nobody is done and claims more until then.
              var unused = now.compareAndSet(night, night.plus(Duration.ofHours(12)));
              return new Answered(item);
            });
    one.conditions = new PlacementConditions("a", now::get, () -> true);
    Window window = Window.parse("22:00-06:00");
    Placement atNight = new Placement(Placement.Objective.LATENCY, Optional.of(window), false);
    submit(one, spec(JobSource.UNKNOWN, atNight), 100);
    one.runner.start();

    JobStatus shut =
        Awaitility.await()
            .atMost(Duration.ofSeconds(20))
            .until(
                () -> one.jobs.status(SPEC.id()),
                status -> status.done() > 0 && status.running() == 0);
    assertThat(shut.waiting()).containsExactly("its window 22:00-06:00 Z is shut");
    assertThat(shut.done()).as("what was claimed before").isLessThanOrEqualTo(32);
    now.set(night.plus(Duration.ofDays(1)));

    JobStatus done = awaitState(one, State.DONE);
    assertThat(done.reruns()).isZero();
    assertThat(done.waiting()).isEmpty();
  }

  @Test
  void sentAgainFromAnotherRegionItIsTheSameJob() throws Exception {
    JobStore store = new MemoryJobStore("a");
    TestNode one = node("a", store, SiteJobsTest::echo);
    JobSpec first = spec(new JobSource("eu", ""), Placement.ANY);
    submit(one, first, 20);

    JobStatus again = submit(one, spec(new JobSource("us", ""), Placement.ANY), 20);

    assertThat(again.job().spec()).isEqualTo(first);
    Placement onMains = new Placement(Placement.Objective.LATENCY, Optional.empty(), true);
    assertThatThrownBy(() -> submit(one, spec(new JobSource("eu", ""), onMains), 20))
        .hasMessageContaining("another job is called night-1");
    assertThatThrownBy(() -> submit(one, spec(new JobSource("eu", "rome"), Placement.ANY), 20))
        .hasMessageContaining("another job is called night-1");
  }

  private static JobSpec spec(JobSource source, Placement placement) {
    return new JobSpec(
        SPEC.id(),
        SPEC.tenant(),
        SPEC.model(),
        SPEC.version(),
        SPEC.priority(),
        SPEC.expires(),
        source,
        placement);
  }

  @Test
  void ofACancelledJobNothingMoreRunsUntilItIsRetried() throws Exception {
    JobStore store = new MemoryJobStore("a");
    TestNode one = node("a", store, SiteJobsTest::echo);
    submit(one, SPEC, 20);
    assertThat(one.jobs.cancel(SPEC.id()).state()).isEqualTo(State.CANCELLED);
    submit(one, new JobSpec(new JobId("other"), "", "digits", 0, 0, Duration.ofHours(1)), 20);
    one.runner.start();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> one.jobs.status(new JobId("other")).state() == State.DONE);
    assertThat(one.jobs.status(SPEC.id()).done()).isZero();
    one.jobs.retry(SPEC.id());
    assertThat(awaitState(one, State.DONE).done()).isEqualTo(20);
  }

  @Test
  void largeAnswersAreKeptInTheJournalOfAMajority() throws Exception {
    JobStore store = new MemoryJobStore("a", "b");
    byte[] large = new byte[ItemResult.MAX_INLINE_BYTES + 1];
    TestNode one = node("a", store, item -> new Answered(large));
    TestNode two = node("b", store, SiteJobsTest::echo);
    submit(one, SPEC, 3);
    one.runner.start();
    awaitState(one, State.DONE);
    assertThat(store.results(one.jobs.status(SPEC.id()).job().slice(0)).get(0).kind())
        .isEqualTo(ItemResult.Kind.STORED);
    assertThat(two.jobs.results(SPEC.id(), 1, 1))
        .containsExactly(new ItemResult(1, ItemResult.Kind.ANSWER, large));
  }

  @Test
  void aNodeThatWasAwayFetchesWhatWasAcceptedAndTheStoreIsMadeAnewFromJournals() throws Exception {
    JobStore store = new MemoryJobStore("a", "b", "c");
    TestNode one = node("a", store, SiteJobsTest::echo);
    node("b", store, SiteJobsTest::echo);
    TestNode three = node("c", store, SiteJobsTest::echo);
    site.cut.add("c");
    submit(one, SPEC, 20);
    assertThat(three.journal.entry(SPEC.id())).isEmpty();
    site.cut.clear();
    three.upkeep.once();
    assertThat(three.journal.entry(SPEC.id())).isPresent();

    JobStore empty = new MemoryJobStore("a");
    TestNode again = node("a", empty, SiteJobsTest::echo);
    again.upkeep.once();
    assertThat(empty.jobs()).hasSize(1);
    again.clock.addAndGet(Duration.ofHours(2).toMillis());
    again.upkeep.once();
    assertThat(empty.jobs()).as("expired").isEmpty();
    assertThat(again.journal.entries()).isEmpty();
  }

  @Test
  void ofTwoJobsOfOneIdTheOneThatTheSiteKnowsIsRunEverywhere() throws Exception {
    JobStore store = new MemoryJobStore("a", "b");
    TestNode one = node("a", store, SiteJobsTest::echo);
    TestNode two = node("b", store, SiteJobsTest::echo);
    try (ItemsFile items = two.journal.upload(SPEC.id(), "lab")) {
      items.add(item(7));
      var unused = two.journal.seal(new Job(SPEC, 1, TestNode.NOW), items);
    }
    assertThatThrownBy(() -> submit(one, SPEC, 20))
        .hasMessageContaining("another job is called night-1 here");
    Job known = one.journal.entry(SPEC.id()).orElseThrow().job();
    store.add(known);
    two.upkeep.once();
    assertThat(two.journal.entry(SPEC.id()).orElseThrow())
        .isEqualTo(one.journal.entry(SPEC.id()).orElseThrow());
    assertThat(submit(one, SPEC, 20).job()).isEqualTo(known);
  }

  @Test
  void refusesWhatIsTooLargeOrHasNoRoomAndNamesTheBound() throws Exception {
    JobStore store = new MemoryJobStore("a");
    TestNode one = node("a", store, SiteJobsTest::echo);
    try (Jobs.Upload upload = one.jobs.upload(SPEC, 0)) {
      assertThatThrownBy(() -> upload.add(new byte[100_001])).hasMessageContaining("100000");
      for (int i = 0; i < 4; i++) {
        upload.add(new byte[100_000]);
      }
      assertThatThrownBy(
              () -> {
                upload.add(new byte[100_000]);
                upload.add(new byte[100_000]);
              })
          .hasMessageContaining("split it");
      assertThatThrownBy(() -> one.jobs.status(SPEC.id()))
          .isInstanceOfSatisfying(
              JobException.class, e -> assertThat(e.code()).isEqualTo(JobException.Code.NOT_FOUND));
    }
  }
}
