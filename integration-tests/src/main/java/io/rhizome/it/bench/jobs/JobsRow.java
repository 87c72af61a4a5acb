// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.rhizome.it.Checkout;
import io.rhizome.it.bench.faults.Scale;
import java.io.IOException;
import java.util.List;

/** Some rows alone: {@code NAME[,NAME...] [--quick]}. Prints what they find. */
public final class JobsRow {
  private JobsRow() {}

  /** See the class; exit status 2 for a wrong call. */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> words = List.of(args);
    List<String> names = words.isEmpty() ? List.of() : List.of(words.get(0).split(",", -1));
    if (names.isEmpty() || !names.stream().allMatch(name -> Rows.named(name).isPresent())) {
      System.err.println(
          "usage: NAME[,NAME...] [--quick], NAME one of "
              + String.join(", ", Rows.ALL.stream().map(Row::name).toList()));
      System.exit(2);
    }
    Scale scale = new Scale(words.contains("--quick"), JobsBench.SEED);
    try (Rows rows = new Rows(Checkout.find(), scale)) {
      for (String name : names) {
        var unused = rows.run(Rows.named(name).orElseThrow());
      }
    }
  }
}
