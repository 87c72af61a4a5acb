// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.v1.JobResult;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ResultCheckTest {
  /** What a timer model answers to that item, as the result of that one. */
  private static JobResult result(int item, int answered) {
    ModelInferRequest request = Items.request(answered);
    ByteString zeros = ByteString.copyFrom(new byte[request.getRawInputContents(0).size()]);
    return JobResult.newBuilder()
        .setItem(item)
        .setAnswer(ModelInferResponse.newBuilder().addRawOutputContents(zeros))
        .build();
  }

  private static Tally tally(int items, List<JobResult> results) {
    ResultCheck check = new ResultCheck(items);
    results.forEach(check::add);
    return check.tally();
  }

  @Test
  void eachItemHasOneRightResult() {
    assertThat(tally(3, List.of(result(0, 0), result(1, 1), result(2, 2))))
        .isEqualTo(new Tally(3, 0, 0));
  }

  @Test
  void whatIsMissingOrAnErrorIsLost() {
    JobResult error = JobResult.newBuilder().setItem(1).setError("no").build();
    assertThat(tally(3, List.of(result(0, 0), error))).isEqualTo(new Tally(1, 0, 2));
  }

  @Test
  void theAnswerToAnotherItemIsLost() {
    assertThat(tally(2, List.of(result(0, 1), result(1, 1)))).isEqualTo(new Tally(1, 0, 1));
  }

  @Test
  void aSecondResultAndOneOfNoItemAreDuplicates() {
    assertThat(tally(2, List.of(result(0, 0), result(1, 1), result(1, 1), result(2, 2))))
        .isEqualTo(new Tally(2, 2, 0));
  }

  @Test
  void talliesAddUp() {
    assertThat(new Tally(1, 2, 3).plus(new Tally(10, 20, 30))).isEqualTo(new Tally(11, 22, 33));
  }

  @Test
  void itemsHaveOneToEightValues() {
    assertThat(Items.request(0).getInputs(0).getShapeList()).containsExactly(1L);
    assertThat(Items.request(7).getInputs(0).getShapeList()).containsExactly(8L);
    assertThat(Items.request(8)).isEqualTo(Items.request(0));
  }
}
