// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which slices a node claims; time is the test's. */
final class ClaimsTest {
  private static final String WHY = "its window is shut";

  @TempDir Path directory;
  private final MemoryJobStore store = new MemoryJobStore("a");
  private final Set<JobId> held = new TreeSet<>();
  private long nanos;
  private Journal journal;
  private Claims claims;

  @BeforeEach
  void open() throws Exception {
    journal = Journal.open(directory, 1 << 20, warning -> {});
    claims = claims();
  }

  private Claims claims() {
    return new Claims(
        "a",
        journal,
        job -> held.contains(job.id()) ? Optional.of(WHY) : Optional.empty(),
        TimeUnit.SECONDS.toNanos(20));
  }

  private Job job(String name, int priority, int items) throws IOException, JobException {
    Job job = here(name, priority, items);
    var unused = store.add(job);
    return job;
  }

  /** A job that the store does not know. */
  private Job here(String name, int priority, int items) throws IOException {
    JobId id = new JobId(name);
    JobSpec spec = new JobSpec(id, "", "digits", 0, priority, Duration.ofDays(7));
    try (ItemsFile file = journal.upload(id, "")) {
      for (int i = 0; i < items; i++) {
        file.add(new byte[] {1});
      }
      return journal.seal(new Job(spec, items, 7), file).job();
    }
  }

  /** What is claimed a second later. */
  private Optional<Slice> next() throws JobException {
    nanos += TimeUnit.SECONDS.toNanos(1);
    return atOnce();
  }

  /** The next, claimed and ended with so many items that failed. */
  private Claims.Claim finished(int failed) throws JobException {
    Claims.Claim claim = claims.next(nanos, store).orElseThrow();
    assertThat(store.change(claim.slice(), SliceChange.finish(claim.state(), failed))).isPresent();
    claims.onEnd(claim.slice());
    return claim;
  }

  private Optional<Slice> atOnce() throws JobException {
    return claims.next(nanos, store).map(Claims.Claim::slice);
  }

  @Test
  void theMostUrgentJobIsClaimedFirst() throws Exception {
    Job later = job("a", 0, 1);
    Job first = job("b", 5, 1);

    assertThat(next()).contains(first.slice(0));
    assertThat(next()).contains(later.slice(0));
    assertThat(next()).isEmpty();
  }

  @Test
  void ofAJobThatMayNotBeginNothingIsClaimedUntilItMay() throws Exception {
    Job urgent = job("a", 5, 1);
    Job other = job("b", 0, 1);
    held.add(urgent.id());

    assertThat(next()).contains(other.slice(0));
    assertThat(next()).isEmpty();
    assertThat(claims.waiting(urgent)).containsExactly(WHY);
    assertThat(claims.waiting(other)).isEmpty();

    held.clear();
    assertThat(claims.waiting(urgent)).isEmpty();
    assertThat(next()).contains(urgent.slice(0));
  }

  @Test
  void whatWasFoundBeforeIsNotClaimedEither() throws Exception {
    Job job = job("a", 0, 3 * Job.SLICE_ITEMS);

    assertThat(next()).contains(job.slice(0));
    held.add(job.id());
    assertThat(atOnce()).isEmpty();
    assertThat(next()).isEmpty();
    assertThat(store.slices(job).get(0).phase()).isEqualTo(SliceState.Phase.CLAIMED);
    held.clear();
    assertThat(next()).contains(job.slice(1));
    assertThat(atOnce()).contains(job.slice(2));
  }

  @Test
  void whatThisNodeClaimedBeforeItWasKilledItClaimsAtOnce() throws Exception {
    Job job = job("a", 0, 1);
    assertThat(next()).contains(job.slice(0));
    assertThat(next()).as("it works on that").isEmpty();

    claims = claims();
    assertThat(atOnce()).contains(job.slice(0));
    assertThat(store.slices(job).get(0).attempts()).isEqualTo(2);
  }

  @Test
  void aClaimThatEndedWithoutAWordIsClaimedAgain() throws Exception {
    Job job = job("a", 0, 1);
    assertThat(next()).contains(job.slice(0));
    claims.onEnd(job.slice(0));
    assertThat(next()).contains(job.slice(0));
  }

  @Test
  void whatWasClaimedButNotAnsweredIsClaimedAgain() throws Exception {
    Job job = job("a", 0, 1);
    store.breakAfterChange();
    assertThatThrownBy(this::next).isInstanceOf(JobException.class);
    assertThat(store.slices(job).get(0).phase()).isEqualTo(SliceState.Phase.CLAIMED);
    assertThat(next()).contains(job.slice(0));
  }

  @Test
  void bothReasonsAreToldOfAJobThatRestsAndMayNotBegin() throws Exception {
    Job job = job("a", 0, 1);
    claims.onLater(job.id(), "nobody holds digits", nanos);
    assertThat(claims.waiting(job)).containsExactly("nobody holds digits");
    held.add(job.id());
    assertThat(claims.waiting(job)).containsExactly(WHY, "nobody holds digits");
    held.clear();
    claims.onDone(job.id());
    assertThat(claims.waiting(job)).isEmpty();
  }

  @Test
  void whatComesMeanwhileIsClaimedBeforeAllJobsAreListedAgain() throws Exception {
    Job first = job("a", 0, 1);
    assertThat(next()).contains(first.slice(0));
    Job second = job("b", 0, 1);
    nanos += TimeUnit.MILLISECONDS.toNanos(60);

    assertThat(atOnce()).contains(second.slice(0));
    assertThat(store.lists()).isEqualTo(1);
  }

  @Test
  void whatTheStoreLearnsLaterIsClaimedBeforeAllJobsAreListedAgain() throws Exception {
    Job job = here("a", 0, 1);
    assertThat(next()).isEmpty();
    nanos += TimeUnit.MILLISECONDS.toNanos(210);
    assertThat(atOnce()).isEmpty();
    assertThat(store.add(job)).isTrue();
    nanos += TimeUnit.MILLISECONDS.toNanos(210);

    assertThat(atOnce()).contains(job.slice(0));
    assertThat(store.lists()).isEqualTo(1);
  }

  @Test
  void whatIsGoneFromHereIsNotClaimed() throws Exception {
    Job first = job("a", 0, 1);
    Job second = job("b", 0, 1);
    assertThat(next()).contains(first.slice(0));
    journal.remove(second.id());
    claims.retain(Set.of(first.id()));
    nanos += TimeUnit.MILLISECONDS.toNanos(210);

    assertThat(atOnce()).isEmpty();
    assertThat(store.lists()).isEqualTo(1);
  }

  @Test
  void aJobThatIsDoneIsClaimedWhenItGoesOnAgain() throws Exception {
    Job job = job("a", 0, 1);
    Claims.Claim claim = finished(1);
    assertThat(next()).isEmpty();
    SliceState done = store.slices(job).get(0);
    assertThat(store.change(claim.slice(), SliceChange.retry(done))).isPresent();
    assertThat(next()).isEmpty();

    store.cancel(job, false);
    assertThat(next()).contains(job.slice(0));
  }

  @Test
  void whatWasDoneIsClaimedAgainWhereTheStoreBeganAnewAndDoesNotKnow() throws Exception {
    Job job = job("a", 0, 1);
    var unused = finished(0);
    assertThat(next()).isEmpty();

    store.beginAnew();
    assertThat(next()).contains(job.slice(0));
  }
}
