// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs.ignite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.node.jobs.ItemResult;
import io.rhizome.node.jobs.Job;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.jobs.JobId;
import io.rhizome.node.jobs.JobSpec;
import io.rhizome.node.jobs.JobStore;
import io.rhizome.node.jobs.Slice;
import io.rhizome.node.jobs.SliceChange;
import io.rhizome.node.jobs.SliceState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.ignite.Ignition;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IgniteSiteTest {
  private static final Job JOB =
      new Job(
          new JobSpec(new JobId("night-1"), "lab", "digits", 0, 0, Duration.ofDays(1)), 70, 1_000);

  @TempDir Path directory;
  private @Nullable TestSite opened;

  /** A site that counts a node no more once it is gone for so long. */
  private TestSite site(Duration gone) {
    TestSite site = new TestSite(directory, gone);
    opened = site;
    return site;
  }

  @AfterEach
  void end() {
    if (opened != null) {
      opened.close();
    }
  }

  @Test
  void aSiteOfOneKeepsEachResultOnceAndFindsAllAfterARestart() throws Exception {
    TestSite site = site(Duration.ofSeconds(3));
    site.start("a");
    JobStore store = site.store("a");
    assertThat(store.site().present()).containsExactly("a");
    assertThat(store.add(JOB)).isTrue();
    assertThat(store.add(JOB)).as("sent again").isFalse();
    Job other = new Job(JOB.spec(), 71, 1_000);
    assertThatThrownBy(() -> store.add(other))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("another job is called night-1");
    Slice last = JOB.slice(4);
    SliceState seen = store.slices(JOB).get(4);
    SliceState mine = store.change(last, SliceChange.claim("a", seen)).orElseThrow();
    assertThat(store.change(last, SliceChange.claim("b", seen))).isEmpty();
    store.keep(last, results(last, "first"));
    store.keep(last, results(last, "second"));
    assertThat(store.change(last, SliceChange.finish(mine, 1))).isPresent();
    site.stop("a");

    site.start("a");
    JobStore again = site.store("a");
    assertThat(again.jobs()).containsExactly(new JobStore.Entry(JOB, false, 0));
    assertThat(again.results(last)).isEqualTo(results(last, "first"));
    assertThat(again.slices(JOB).get(4).phase()).isEqualTo(SliceState.Phase.DONE);
    JobSpec spec = new JobSpec(new JobId("big"), "lab", "digits", 0, 0, Duration.ofHours(1));
    Job big = new Job(spec, 40_000, 1_000);
    assertThat(again.slices(List.of(big, JOB)))
        .satisfiesExactly(
            states -> assertThat(states).hasSize(big.slices()).containsOnly(SliceState.NEW),
            states -> assertThat(states.get(4).phase()).isEqualTo(SliceState.Phase.DONE));
    again.cancel(JOB, true);
    assertThat(again.jobs()).containsExactly(new JobStore.Entry(JOB, true, 0));
    again.dropFailed(last);
    assertThat(again.results(last)).isEqualTo(results(last, "first").subList(1, last.count()));
    again.remove(JOB);
    assertThat(again.jobs()).isEmpty();
    assertThat(again.results(last)).isEmpty();
  }

  @Test
  void growsToThreeAndBackToOneWithoutLosingAnything() throws Exception {
    TestSite site = site(Duration.ofSeconds(3));
    site.start("a");
    JobStore first = site.store("a");
    first.add(JOB);
    done(first, 0, "one");
    site.start("b");
    done(site.counting("b", "a", "b"), 1, "two");
    site.start("c");
    done(site.counting("c", "a", "b", "c"), 2, "three");
    site.stop("a");
    done(site.counting("b", "b", "c"), 3, "without a");
    site.stop("c");
    JobStore last = site.counting("b", "b");
    done(last, 4, "alone");
    assertThat(last.slices(JOB)).extracting(SliceState::phase).containsOnly(SliceState.Phase.DONE);
    List<String> values = List.of("one", "two", "three", "without a", "alone");
    for (int i = 0; i < values.size(); i++) {
      assertThat(last.results(JOB.slice(i))).isEqualTo(results(JOB.slice(i), values.get(i)));
    }
  }

  @Test
  void twoThatBeganApartBecomeOneWithWhatBothDid() throws Exception {
    TestSite site = site(Duration.ofSeconds(3));
    site.hide("b");
    site.start("a");
    site.start("b");
    JobStore one = site.store("a");
    JobStore two = site.store("b");
    one.add(JOB);
    two.add(JOB);
    done(one, 0, "by a");
    done(two, 0, "by b");
    done(two, 1, "by b");
    site.show("b");
    JobStore both = site.counting("b", "a", "b");
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> both.slices(JOB).get(1).phase() == SliceState.Phase.DONE);
    assertThat(both.results(JOB.slice(0))).isEqualTo(results(JOB.slice(0), "by a"));
    assertThat(both.results(JOB.slice(1))).isEqualTo(results(JOB.slice(1), "by b"));
    assertThat(site.store("a").slices(JOB).get(1).phase()).isEqualTo(SliceState.Phase.DONE);
  }

  @Test
  void aStoreThatWentAnotherWayIsSetAsideAndItsResultsAreCarriedOver() throws Exception {
    TestSite site = site(Duration.ofSeconds(3));
    site.start("a");
    site.store("a").add(JOB);
    site.start("b");
    site.counting("b", "a", "b");
    site.stop("a");
    done(site.counting("b", "b"), 1, "by b");
    site.stop("b");
    site.start("a");
    done(site.counting("a", "a"), 2, "by a");
    site.start("b");
    JobStore both = site.counting("b", "a", "b");
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> both.slices(JOB).get(1).phase() == SliceState.Phase.DONE);
    assertThat(both.results(JOB.slice(1))).isEqualTo(results(JOB.slice(1), "by b"));
    assertThat(both.results(JOB.slice(2))).isEqualTo(results(JOB.slice(2), "by a"));
    assertThatAStoreWasSetAsideAt("b");
  }

  /** As after a power cut, when the last that was said of the cluster is on one node's disk. */
  @Test
  void aNodeThatAloneKnowsTheClustersLastChangeComesBack() throws Exception {
    TestSite site = site(Duration.ofHours(1));
    done(three(site), 0, "by all");
    site.stop("b");
    site.stop("c");
    Ignition.ignite("a").cluster().tag("later");
    site.stop("a");
    site.start("b");
    site.start("c");
    done(site.store("b"), 1, "without a");
    site.start("a");
    JobStore all = site.counting("a", "a", "b", "c");
    assertThat(all.results(JOB.slice(0))).isEqualTo(results(JOB.slice(0), "by all"));
    assertThat(all.results(JOB.slice(1))).isEqualTo(results(JOB.slice(1), "without a"));
    assertThatAStoreWasSetAsideAt("a");
  }

  private void assertThatAStoreWasSetAsideAt(String node) throws IOException {
    try (var files = Files.list(directory.resolve(node))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .anyMatch(name -> name.startsWith("ignite-aside-"));
    }
  }

  @Test
  void aMinorityOfThreeWritesNothing() throws Exception {
    TestSite site = site(Duration.ofHours(1));
    var unused = three(site);
    site.stop("a");
    site.stop("b");
    JobStore left = site.store("c");
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> left.site().present().size() == 1);
    assertThatThrownBy(() -> left.change(JOB.slice(0), SliceChange.claim("c", SliceState.NEW)))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("only 1 of the site's 3 nodes");
    site.start("a");
    done(site.store("a"), 0, "again");
  }

  /** Starts a, b and c, which all store the job; the store as c has it. */
  private static JobStore three(TestSite site) throws Exception {
    site.start("a");
    site.store("a").add(JOB);
    site.start("b");
    site.counting("b", "a", "b");
    site.start("c");
    return site.counting("c", "a", "b", "c");
  }

  private static void done(JobStore store, int number, String value) throws JobException {
    Slice slice = JOB.slice(number);
    SliceState seen = store.slices(JOB).get(number);
    SliceState mine = store.change(slice, SliceChange.claim("test", seen)).orElseThrow();
    store.keep(slice, results(slice, value));
    assertThat(store.change(slice, SliceChange.finish(mine, 1))).isPresent();
  }

  private static List<ItemResult> results(Slice slice, String value) {
    List<ItemResult> results = new ArrayList<>();
    for (int i = 0; i < slice.count(); i++) {
      ItemResult.Kind kind = i == 0 ? ItemResult.Kind.ERROR : ItemResult.Kind.ANSWER;
      results.add(
          new ItemResult(slice.first() + i, kind, (value + i).getBytes(StandardCharsets.UTF_8)));
    }
    return results;
  }
}
