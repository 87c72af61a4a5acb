// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.MODEL;
import static io.rhizome.scheduler.Views.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.Views;
import io.rhizome.scheduler.examples.LocalFirst;
import io.rhizome.scheduler.examples.QRouting;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RoutersTest {
  private static final String[] BUILT_IN = {
    "c3",
    "hot_cold",
    "least_request",
    "peak_ewma",
    "power_of_two",
    "prequal",
    "random",
    "ring_hash",
    "round_robin",
    "weighted",
    "zone_aware"
  };

  private final Routers routers = new Routers(List.of());

  @Test
  void knowsThoseBuiltInByTheirNames() {
    assertThat(routers.names()).containsExactly(BUILT_IN).contains(Routers.DEFAULT);
    for (String name : BUILT_IN) {
      assertThat(routers.create(name, Draws.parameters()).name()).isEqualTo(name);
    }
  }

  @Test
  void knowsThoseThatTheServiceLoaderFinds() {
    Routers all = new Routers(ServiceLoader.load(Router.class).stream().toList());

    assertThat(all.names()).contains(BUILT_IN).contains("local_first", "q_routing");
    assertThat(all.create("local_first", Draws.parameters())).isInstanceOf(LocalFirst.class);
    assertThat(all.create("q_routing", Draws.parameters()))
        .isInstanceOf(QRouting.class)
        .isNotSameAs(all.create("q_routing", Draws.parameters()));
  }

  @Test
  void givesEachUseAnInstanceOfItsOwn() {
    Views views = new Views();
    for (int i = 1; i <= 100; i++) {
      views.holder(i, i == 7 ? MILLI / 2 : MILLI, 0, 1);
    }
    Router one = routers.create("hot_cold", Draws.parameters());
    Router other = routers.create("hot_cold", Draws.parameters());

    one.onLoad(0, MODEL, node(7), Load.UNKNOWN);

    assertThat(Draws.counts(one, views.from(0), 100)).containsOnlyKeys(7);
    assertThat(Draws.counts(other, views.from(0), 100)).hasSizeGreaterThan(20);
  }

  @Test
  void handsParametersOver() {
    assertThatThrownBy(() -> routers.create("ring_hash", Draws.parameters("bound", "0")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ring_hash")
        .hasMessageContaining("bound");
    for (String name : BUILT_IN) {
      assertThatThrownBy(() -> routers.create(name, Draws.parameters("no_such", "1")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("router '" + name + "' has no parameter 'no_such'");
    }
  }

  @Test
  void namesThoseThatThereAreForAnUnknownOne() {
    assertThatThrownBy(() -> routers.create("hot-cold", Draws.parameters()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is no router 'hot-cold'; there are " + Arrays.toString(BUILT_IN));
  }

  @Test
  void refusesTwoOfOneName() {
    List<Supplier<Router>> twice = List.of(() -> new Named("mine"), () -> new Named("mine"));

    assertThatThrownBy(() -> new Routers(twice))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two routers are named 'mine'")
        .hasMessageContaining(Named.class.getName());
    assertThatThrownBy(() -> new Routers(List.of(() -> new Named("hot_cold"))))
        .hasMessageContaining(HotCold.class.getName())
        .hasMessageContaining(Named.class.getName());
  }

  @Test
  void refusesANameThatNobodyCouldWrite() {
    assertThatThrownBy(() -> new Routers(List.of(() -> new Named("My Router"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'My Router' is no name such as hot_cold");
  }

  private record Named(String name) implements Router {
    @Override
    public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
      return Candidates.of(request, view).refuse();
    }
  }
}
