// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import static io.rhizome.node.serving.Mesh.A;
import static io.rhizome.node.serving.Mesh.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Member.Status;
import io.rhizome.node.executor.InferenceException;
import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.node.protocol.HopReport;
import io.rhizome.node.protocol.HopReport.Outcome;
import io.rhizome.node.serving.Counters.ModelKey;
import io.rhizome.node.serving.ModelCounters.Reason;
import io.rhizome.scheduler.Failure;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CountersTest {
  private static final ModelKey DIGITS = new ModelKey("digits", 1);

  private final Mesh mesh = new Mesh();
  private final Counters counters = mesh.serving.counters();

  @Test
  void timesTheWaitAndTheRunOfARequestApart() {
    mesh.holdsHere(1);
    mesh.request(List.of());
    ModelCounters digits = digits();
    assertThat(digits.pending()).isEqualTo(1);

    mesh.passTime(Duration.ofMillis(3));
    mesh.runs.get(0).start();
    assertThat(digits.pending()).isZero();
    mesh.passTime(Duration.ofMillis(7));
    mesh.runs.get(0).finish();

    assertThat(digits.succeeded()).isEqualTo(1);
    assertThat(digits.queueNanos()).isEqualTo(3_000_000);
    assertThat(digits.inferNanos()).isEqualTo(7_000_000);
    assertThat(digits.requestNanos()).isEqualTo(10_000_000);
    assertThat(digits.lastMillis()).isPositive();
  }

  @Test
  void countsFailedRunsByTritonsReasons() {
    mesh.holdsHere(1);
    fail(Code.OVERLOADED);
    fail(Code.MODEL_FAILED);
    fail(Code.INVALID_ARGUMENT);
    fail(Code.CANCELLED);

    for (Reason reason : Reason.values()) {
      assertThat(digits().failed(reason)).as("%s", reason).isEqualTo(1);
    }
    assertThat(digits().failed()).isEqualTo(4);
    assertThat(digits().succeeded()).isZero();
    assertThat(digits().pending()).isZero();
  }

  private void fail(Code code) {
    mesh.request(List.of());
    mesh.runs.get(mesh.runs.size() - 1).fail(new InferenceException(code, "no"));
  }

  @Test
  void aMessageThatIsNoProtobufCountsAsAFailedRun() {
    mesh.holdsHere(1);
    mesh.request(List.of(), Duration.ofSeconds(1), new byte[] {0x0a, 9});

    assertThat(digits().failed(Reason.OTHER)).isEqualTo(1);
    assertThat(digits().pending()).isZero();
    assertThat(counters.failed(ErrorCode.INVALID)).isEqualTo(1);
  }

  @Test
  void countsHopsRetriesAndWhoRejected() {
    mesh.holdsHere(1);
    mesh.holds(A, Status.ALIVE, 1);
    mesh.holds(B, Status.ALIVE, 1);
    mesh.request(List.of());

    mesh.runs.get(0).fail(new InferenceException(Code.OVERLOADED, "full"));
    mesh.sent.get(0).result().onBroken("connection reset", true);
    mesh.sent
        .get(1)
        .result()
        .onAnswer(Mesh.answerFrom("b"), new HopReport(Outcome.ANSWERED, 0, 8, 0, 1_000, 1_000, 0));

    assertThat(counters.hops()).isEqualTo(2);
    assertThat(counters.retries()).isEqualTo(2);
    assertThat(counters.rejectedHere(Failure.Kind.OVERLOADED)).isEqualTo(1);
    assertThat(counters.rejectedByPeers(Failure.Kind.BROKEN)).isEqualTo(1);
    assertThat(counters.forwarded()).isEqualTo(1);
    assertThat(counters.served()).isZero();
    assertThat(counters.failed()).isZero();
  }

  @Test
  void whatAClientAsksForNeverMakesALabel() {
    mesh.request(List.of());

    assertThat(counters.failed(ErrorCode.UNKNOWN_MODEL)).isEqualTo(1);
    assertThat(counters.models()).isEmpty();
  }

  @Test
  void modelsBeyondTheBoundAreCountedTogether() {
    for (int version = 1; version <= Counters.MAX_MODELS + 5; version++) {
      counters.model("digits", version).addSuccess(1, 1, 1, 1);
    }

    assertThat(counters.models()).hasSize(Counters.MAX_MODELS + 1);
    assertThat(counters.models())
        .hasEntrySatisfying(Counters.OTHERS, others -> assertThat(others.succeeded()).isEqualTo(5));
  }

  @Test
  void putsEachRequestIntoTheBucketOfItsDuration() {
    mesh.holdsHere(1);
    mesh.request(List.of());
    mesh.passTime(Duration.ofMillis(30));
    mesh.runs.get(0).answer();
    mesh.request(List.of(A), Duration.ofSeconds(60));
    mesh.passTime(Duration.ofSeconds(60));

    assertThat(buckets(counters.fromClients())).containsExactly("0.05:1");
    assertThat(counters.fromClients().sumNanos()).isEqualTo(30_000_000);
    assertThat(buckets(counters.fromPeers())).containsExactly("Infinity:1");
  }

  private static List<String> buckets(LatencyHistogram histogram) {
    return IntStream.range(0, histogram.buckets())
        .filter(bucket -> histogram.count(bucket) > 0)
        .mapToObj(bucket -> histogram.upperSeconds(bucket) + ":" + histogram.count(bucket))
        .toList();
  }

  private ModelCounters digits() {
    ModelCounters digits = counters.models().get(DIGITS);
    if (digits == null) {
      throw new AssertionError("nothing is counted of " + DIGITS);
    }
    return digits;
  }
}
