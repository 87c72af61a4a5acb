// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import io.rhizome.node.protocol.inference.ModelInferResponse;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Every held-out digit asked of one node, one by one, without retries.
 *
 * @param right answers that name the true class
 * @param difference the largest that any logit was from PyTorch's
 * @param paths how many answers came by which path
 * @param servedBy how many answers each node's engine gave
 */
public record Survey(
    int right,
    double difference,
    SortedMap<String, Integer> paths,
    SortedMap<String, Integer> servedBy) {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  /** Asks; a failing call throws its {@link io.grpc.StatusRuntimeException}. */
  public static Survey of(Digits digits, NodeClient entry) {
    int right = 0;
    double difference = 0;
    SortedMap<String, Integer> paths = new TreeMap<>();
    SortedMap<String, Integer> servedBy = new TreeMap<>();
    for (int i = 0; i < digits.size(); i++) {
      ModelInferResponse answer = entry.infer(digits.rawRequest(i), DEADLINE);
      right += digits.isRight(i, answer) ? 1 : 0;
      difference = Math.max(difference, digits.difference(i, answer));
      paths.merge(Answers.path(answer), 1, Integer::sum);
      servedBy.merge(Answers.servedBy(answer), 1, Integer::sum);
    }
    return new Survey(right, difference, paths, servedBy);
  }

  /** Whether the answers are PyTorch's: as many right, and no logit further off than allowed. */
  public boolean matches(Digits digits) {
    return right == digits.correctInPyTorch() && difference <= SteadyLoad.TOLERANCE;
  }
}
