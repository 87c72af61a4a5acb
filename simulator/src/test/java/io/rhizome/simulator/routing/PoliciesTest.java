// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.routers.Prequal;
import io.rhizome.scheduler.routers.RoundRobin;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoliciesTest {
  private final Policies policies = new Policies();

  /** As a researcher would write one. */
  public static final class Any implements Router {
    @Override
    public String name() {
      return "any";
    }

    @Override
    public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
      Candidates candidates = Candidates.of(request, view);
      return candidates.draw(random).map(candidates::choose).orElseGet(candidates::refuse);
    }
  }

  @Test
  void aPolicyIsARouterByNameWithItsParametersOrByClass() {
    assertThat(router("round_robin")).isInstanceOf(RoundRobin.class);
    assertThat(router("prequal:probes=5,quantile=0.9")).isInstanceOf(Prequal.class);
    assertThat(router("omniscient")).isInstanceOf(Omniscient.class);
    assertThat(router(Any.class.getName())).isInstanceOf(Any.class);
  }

  @Test
  void eachNodeHasARouterOfItsOwn() {
    RoutingMesh.RouterSource source = policies.find(Any.class.getName());

    assertThat(source.router(mesh(), 0)).isNotSameAs(source.router(mesh(), 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hotcold|there is no policy 'hotcold'; there are c3, hot_cold, least_loaded,",
        "prequal:probes|'probes' is no parameter; write for example prequal:probes=5",
        "prequal:prober=5|prober",
        "omniscient:eyes=2|'omniscient' has no parameters",
        "com.example.Mine|no class 'com.example.Mine' is on the class path; put its jar beside",
        "java.lang.String|'java.lang.String' does not implement io.rhizome.scheduler.Router",
        "io.rhizome.simulator.routing.Omniscient|needs a public constructor without arguments",
      })
  void whatCannotBeFoundIsSaidWithTheCure(String text, String complaint) {
    assertThatThrownBy(() -> policies.find(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(complaint);
  }

  private Router router(String text) {
    return policies.find(text).router(mesh(), 0);
  }

  private static RoutingMesh mesh() {
    Setup.Spec node = new Setup.Spec(1, 1, Antagonist.NONE);
    Setup setup =
        new Setup(List.of(node), (from, to) -> 0, 0, 0, true, 4, 1_000_000, Setup.NO_BOARD);
    return new RoutingMesh(1, setup, new Held(setup), Policy.of("random"), new Watch() {});
  }
}
