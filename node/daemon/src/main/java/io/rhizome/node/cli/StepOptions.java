// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.config.ConfigException;
import io.rhizome.store.Step;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The steps that a node is to run before and after a model. */
final class StepOptions {
  @Option(
      names = "--preprocess",
      paramLabel = "STEPS",
      description = {
        "What makes the input of a PNG or JPEG, as in \"decode(gray) resize(8,8) scale(1/240)\":",
        "decode(gray|rgb) resize(HEIGHT,WIDTH) scale(FACTOR) normalize(MEAN...,STD...)"
            + " layout(CHW|HWC)."
      })
  String preprocess = "";

  @Option(
      names = "--postprocess",
      paramLabel = "STEPS",
      description = "What makes classes of the first output, as in \"softmax topk(1)\".")
  String postprocess = "";

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "The classes' names for topk, one a line, class 0 first.")
  @Nullable Path labels;

  List<Step> before() {
    return parse("--preprocess", preprocess);
  }

  /** With the labels as arguments of the last step. */
  List<Step> after() throws IOException {
    List<Step> steps = parse("--postprocess", postprocess);
    if (labels == null) {
      return steps;
    }
    if (steps.isEmpty()) {
      throw new ConfigException(
          "--labels are for topk: pass --postprocess \"softmax topk(1)\" too");
    }
    Step last = steps.get(steps.size() - 1);
    List<String> arguments = new ArrayList<>(last.arguments());
    List<Step> labelled = new ArrayList<>(steps.subList(0, steps.size() - 1));
    try {
      Files.readAllLines(labels).forEach(line -> arguments.add(line.strip()));
      labelled.add(new Step(last.op(), arguments));
    } catch (CharacterCodingException e) {
      throw new ConfigException(labels + ": not a text in UTF-8", e);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(labels + ": " + e.getMessage(), e);
    }
    return labelled;
  }

  private static List<Step> parse(String option, String text) {
    try {
      return Step.parseAll(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(option + ": " + e.getMessage(), e);
    }
  }
}
