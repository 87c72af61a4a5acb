// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import static io.rhizome.scheduler.Views.MODEL;
import static io.rhizome.scheduler.Views.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.routers.RandomChoice;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RouterWordTest {
  /** Says that many bytes. */
  private record Talkative(int count) implements Router {
    @Override
    public String name() {
      return "talkative";
    }

    @Override
    public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
      return Candidates.of(request, view).refuse();
    }

    @Override
    public byte[] word(long nowNanos, String model, NodeId self) {
      return new byte[count];
    }
  }

  @Test
  void aRouterThatSaysNothingHasNoWord() {
    assertThat(RouterWord.of(new RandomChoice(), 0, MODEL, node(0))).isNull();
    assertThat(RouterWord.of(new Talkative(0), 0, MODEL, node(0))).isNull();
  }

  @Test
  void aRouterSaysUpToSixtyFourBytesUnderItsName() {
    RouterWord word = Objects.requireNonNull(RouterWord.of(new Talkative(64), 0, MODEL, node(0)));

    assertThat(word.router()).isEqualTo("talkative");
    assertThat(word.bytes()).hasSize(64);
  }

  @Test
  void oneThatSaysMoreIsRefusedByNameWithTheBound() {
    assertThatThrownBy(() -> RouterWord.of(new Talkative(65), 0, MODEL, node(0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("router talkative says 65 bytes; at most 64 go with a load");
  }
}
