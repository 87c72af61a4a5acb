// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ColdLoadsTest {
  private final Mesh mesh = new Mesh();
  private final ColdLoads loads = new ColdLoads(mesh.models, mesh::now);

  private static final class Waiter implements ColdLoads.Waiter {
    final List<String> heard = new ArrayList<>();

    @Override
    public void loaded() {
      heard.add("loaded");
    }

    @Override
    public void failed(ServingError error) {
      heard.add(error.code() + ": " + error.message());
    }
  }

  private Waiter waiting() {
    Waiter waiter = new Waiter();
    loads.await("digits", 1, waiter);
    return waiter;
  }

  @Test
  void soManyMayWaitForALoadAndNoMore() {
    mesh.storesHere(1);
    List<Waiter> waiters = new ArrayList<>();
    for (int i = 0; i < ColdLoads.MAX_WAITING; i++) {
      waiters.add(waiting());
    }
    assertThat(waiting().heard)
        .containsExactly("OVERLOADED: 1024 requests wait for it to be loaded");

    loads.leave("digits", 1, waiters.get(0));
    assertThat(waiting().heard).as("there is room again").isEmpty();
    mesh.endsLoad();

    assertThat(waiters.get(0).heard).isEmpty();
    assertThat(waiters.subList(1, waiters.size()))
        .allSatisfy(waiter -> assertThat(waiter.heard).containsExactly("loaded"));
    assertThat(mesh.loads).hasSize(1);
  }

  @Test
  void whatIsLoadedIsNotWaitedFor() {
    mesh.holdsHere(1);

    assertThat(waiting().heard).containsExactly("loaded");
    assertThat(mesh.loads).isEmpty();
  }

  @Test
  void eachVersionIsALoadOfItsOwn() {
    mesh.storesHere(1);
    loads.await("digits", 2, new Waiter());
    loads.await("digits", 1, new Waiter());

    assertThat(mesh.loads).hasSize(2);
  }

  @Test
  void aLoadThatEndsWithADefectIsAFailureToo() {
    mesh.storesHere(1);
    Waiter waiter = waiting();

    mesh.loads.get(0).completeExceptionally(new IllegalStateException());

    assertThat(waiter.heard)
        .containsExactly("UNAVAILABLE: could not load it: java.lang.IllegalStateException");
  }
}
