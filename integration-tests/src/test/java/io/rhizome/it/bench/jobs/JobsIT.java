// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.it.Checkout;
import org.junit.jupiter.api.Test;

/** Jobs on real nodes: what was accepted is done, whoever dies. */
final class JobsIT {
  private static final int ITEMS = 2_000;

  @Test
  void everyItemHasOneResultThoughANodeIsKilledAndThenAllAre() throws Exception {
    try (JobsMesh mesh = JobsMesh.onLoopback(Checkout.find(), 3)) {
      mesh.start();
      assertThat(mesh.client(1).submit("night", ITEMS).getItems()).isEqualTo(ITEMS);
      mesh.awaitDone(1, "night", ITEMS / 4);
      mesh.node(3).kill();
      mesh.awaitDone(1, "night", ITEMS / 2);
      mesh.killAll();
      mesh.start();
      mesh.awaitDone(2, "night", ITEMS);
      Tally tally = mesh.client(3).check("night", ITEMS);
      assertThat(tally.results()).isEqualTo(ITEMS);
      assertThat(tally.duplicates()).isZero();
      assertThat(tally.lost()).isZero();
    }
  }
}
