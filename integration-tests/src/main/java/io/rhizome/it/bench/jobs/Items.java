// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.rhizome.it.Answers;
import io.rhizome.it.bench.faults.TimerRequest;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The items of a job for a model of the engine {@code timer}, which answers as many zeros as it was
 * given values: how many that are depends on the item's number, so an answer that is another item's
 * shows, seven times in eight.
 */
final class Items {
  private static final int LENGTHS = 8;

  private static final List<ModelInferRequest> REQUESTS =
      IntStream.rangeClosed(1, LENGTHS)
          .mapToObj(length -> TimerRequest.of("", length * Float.BYTES))
          .toList();

  private Items() {}

  private static int length(int item) {
    return 1 + item % LENGTHS;
  }

  /** That item, counted from 0. */
  static ModelInferRequest request(int item) {
    return REQUESTS.get(length(item) - 1);
  }

  /** Whether that is the answer to that item. */
  static boolean isAnswer(int item, ModelInferResponse answer) {
    float[] values = Answers.floats(answer);
    if (values.length != length(item)) {
      return false;
    }
    for (float value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }
}
