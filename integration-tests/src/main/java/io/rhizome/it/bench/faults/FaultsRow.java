// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import io.rhizome.it.Checkout;
import java.io.IOException;
import java.util.List;

/** Some rows alone: {@code NAME[,NAME...] [--quick] [--seed N]}. Prints what they find. */
public final class FaultsRow {
  private FaultsRow() {}

  /** See the class; exit status 2 for a wrong call. */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> words = List.of(args);
    int seedAt = words.indexOf("--seed");
    List<String> names = words.isEmpty() ? List.of() : List.of(words.get(0).split(",", -1));
    boolean known = names.stream().allMatch(name -> Rows.named(name).isPresent());
    if (names.isEmpty() || !known || seedAt == words.size() - 1) {
      System.err.println(
          "usage: NAME[,NAME...] [--quick] [--seed N], NAME one of "
              + String.join(", ", Rows.ALL.stream().map(Row::name).toList()));
      System.exit(2);
    }
    long seed = seedAt < 0 ? 1 : Long.parseLong(words.get(seedAt + 1));
    Scale scale = new Scale(words.contains("--quick"), seed);
    try (Rows rows = new Rows(Checkout.find(), scale)) {
      for (String name : names) {
        var unused = rows.run(Rows.named(name).orElseThrow());
      }
    }
  }
}
