// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor.steps;

import io.rhizome.store.Datatype;
import io.rhizome.store.Step;
import io.rhizome.store.TensorSpec;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * From a model's first output, FP32 [batch, classes], to its likeliest classes. Pure; any thread.
 *
 * <pre>
 * softmax             first, where scores are to be probabilities
 * topk(K,LABEL...)    last, needed: the K highest, with labels for all classes or for none
 * </pre>
 */
public final class Postprocess {
  private static final String LIST = "postprocess";
  private static final String SOFTMAX = "softmax";
  private static final int MAX_K = 1_024;

  private final boolean softmax;
  private final int k;
  private final List<String> labels;

  private Postprocess(boolean softmax, int k, List<String> labels) {
    this.softmax = softmax;
    this.k = k;
    this.labels = labels;
  }

  /**
   * Reads declared steps; {@link IllegalArgumentException} names the step and the field that is
   * wrong.
   */
  public static Postprocess compile(List<Step> steps, TensorSpec output) {
    if (output.datatype() != Datatype.FP32
        || output.shape().size() != 2
        || output.shape().get(1) < 1) {
      throw new IllegalArgumentException(
          "postprocess needs a first output of FP32[batch,classes], got " + output);
    }
    boolean softmax = !steps.isEmpty() && steps.get(0).op().equals(SOFTMAX);
    if (softmax) {
      new Arguments(LIST, 0, steps.get(0), SOFTMAX).requireCount(0);
    }
    int last = softmax ? 1 : 0;
    if (steps.size() != last + 1 || !steps.get(last).op().equals("topk")) {
      throw new IllegalArgumentException(
          "postprocess: expected topk(K,LABEL...), or softmax and then that, got " + shown(steps));
    }
    Step topk = steps.get(last);
    Arguments arguments = new Arguments(LIST, last, topk, "topk(K,LABEL...)");
    long classes = output.shape().get(1);
    int k = arguments.whole(0, "k", 1, (int) Math.min(classes, MAX_K));
    List<String> labels = topk.arguments().subList(1, topk.arguments().size());
    if (!labels.isEmpty() && labels.size() != classes) {
      throw arguments.wrong(
          "labels", classes + " of them, as classes, or none", String.valueOf(labels.size()));
    }
    return new Postprocess(softmax, k, labels);
  }

  private static List<String> shown(List<Step> steps) {
    return steps.stream().map(Step::op).toList();
  }

  /** How many classes are given for each row. */
  public int k() {
    return k;
  }

  /**
   * The {@link #k} highest scores of one row, the highest first and the lower index where two are
   * equal, each as {@code score:index} or {@code score:index:label}: the form of Triton's
   * classification extension.
   */
  public List<String> classify(float[] row) {
    double[] scores =
        softmax ? softmax(row) : IntStream.range(0, row.length).mapToDouble(i -> row[i]).toArray();
    return IntStream.range(0, row.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]).thenComparing(i -> i))
        .limit(k)
        .map(i -> String.format(Locale.ROOT, "%.6f:%d", scores[i], i) + label(i))
        .toList();
  }

  private String label(int index) {
    return labels.isEmpty() ? "" : ":" + labels.get(index);
  }

  private static double[] softmax(float[] row) {
    double highest = Double.NEGATIVE_INFINITY;
    for (float logit : row) {
      highest = Math.max(highest, logit);
    }
    double[] scores = new double[row.length];
    double sum = 0;
    for (int i = 0; i < row.length; i++) {
      scores[i] = Math.exp(row[i] - highest);
      sum += scores[i];
    }
    for (int i = 0; i < row.length; i++) {
      scores[i] /= sum;
    }
    return scores;
  }
}
