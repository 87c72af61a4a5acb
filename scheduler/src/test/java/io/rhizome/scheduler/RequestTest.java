// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import static io.rhizome.scheduler.Views.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Request.Client;
import io.rhizome.scheduler.Request.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RequestTest {
  private final Request request = Request.entering("digits", 3, 100);

  @Test
  void oneThatEntersHasBeenNowhere() {
    assertThat(request.isEntering()).isTrue();
    assertThat(request.path()).isEqualTo(new Path(List.of(), 4, null));
    assertThat(request.priority()).isEqualTo(Priority.STANDARD);
    assertThat(request.client()).isEqualTo(Client.NOBODY);
    assertThat(request.repeatable()).isTrue();
  }

  @Test
  void aHopIsOneNodePassedAndOneHopLess() {
    Request once = request.forwardedBy(node(1), node(3));
    Request twice = once.forwardedBy(node(2), null);

    assertThat(once.isEntering()).isFalse();
    assertThat(once.path()).isEqualTo(new Path(List.of(node(1)), 3, node(3)));
    assertThat(twice.path()).isEqualTo(new Path(List.of(node(1), node(2)), 2, null));
  }

  @Test
  void whatAHopTakesAlongIsNotWhatWasTriedHere() {
    TreeSet<NodeId> tried = new TreeSet<>(List.of(node(7)));
    Request left = request.withPath(request.path().withTried(tried));
    tried.clear();

    assertThat(left.path().tried()).containsExactly(node(7));
    assertThat(left.forwardedBy(node(1), null).path().tried()).isEmpty();
  }

  @Test
  void aChangeLeavesTheRestAlone() {
    Client client = new Client("acme", "de", "session-1");
    Request changed = request.withClient(client).withPriority(Priority.BATCH).once();

    assertThat(changed)
        .isEqualTo(new Request("digits", 3, 100, Path.ENTRY, Priority.BATCH, client, false));
    assertThat(changed.forwardedBy(node(1), null).withPath(Path.ENTRY)).isEqualTo(changed);
  }
}
