// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.examples;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.MODEL;
import static io.rhizome.scheduler.Views.at;
import static io.rhizome.scheduler.Views.bare;
import static io.rhizome.scheduler.Views.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.Outcome;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.Views;
import io.rhizome.scheduler.routers.Routers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExamplesTest {
  private static final Path DOC = Path.of("../docs/routing.md");
  private static final Path SOURCES = Path.of("src/test/java/io/rhizome/scheduler/examples");
  private static final Request REQUEST = Request.entering(MODEL, 0, 100);

  private final Random random = new Random(1);

  @ParameterizedTest
  @CsvSource({"LocalFirst, 50", "QRouting, 80"})
  void areShownInTheDocumentationAsTheyAreAndInFewLines(String name, int most) throws IOException {
    String source = Files.readString(SOURCES.resolve(name + ".java"));
    String shown = source.substring(source.indexOf("package "));

    assertThat(shown.lines()).hasSizeLessThanOrEqualTo(most);
    assertThat(Files.readString(DOC)).contains("```java\n" + shown + "```\n");
  }

  @Test
  void everyRouterIsInTheTableOfTheDocumentation() throws IOException {
    String doc = Files.readString(DOC);

    for (String name : new Routers(List.of()).names()) {
      assertThat(doc).contains("\n| `" + name + "` |");
    }
  }

  @Test
  void localFirstRunsHereWhileThereIsRoom() {
    Router router = new LocalFirst();

    assertThat(chosen(router, busyHere(7))).containsOnlyKeys(node(0));
    assertThat(chosen(router, busyHere(8)))
        .describedAs("anywhere: here too, where it must wait")
        .containsOnlyKeys(node(0), node(1), node(2));
  }

  @Test
  void qRoutingLearnsWhereAnswersComeSoonest() {
    Router router = new QRouting();
    ClusterView view = busyHere(0);
    for (int i = 0; i < 300; i++) {
      NodeId holder = router.route(REQUEST, view, random).considered().get(0).node();
      long took = holder.equals(node(2)) ? 3 * MILLI : 9 * MILLI;
      router.onOutcome(0, REQUEST, new Outcome(holder, null, took, null));
    }

    SortedMap<NodeId, Integer> counts = chosen(router, view);

    assertThat(counts.get(node(2))).isGreaterThan(900);
    assertThat(counts).describedAs("it goes on exploring").hasSize(3);
  }

  @Test
  void qRoutingTurnsAwayFromOneThatFails() {
    Router router = new QRouting();
    router.onOutcome(0, REQUEST, new Outcome(node(0), null, 9 * MILLI, null));
    router.onOutcome(0, REQUEST, new Outcome(node(1), null, 9 * MILLI, null));
    router.onOutcome(0, REQUEST, new Outcome(node(2), null, 3 * MILLI, null));

    router.onOutcome(0, REQUEST, new Outcome(node(2), Failure.Kind.BROKEN, MILLI, null));

    assertThat(chosen(router, busyHere(0)).get(node(2))).isLessThan(50);
  }

  @Test
  void qRoutingTellsItsOwnEstimateAndPeersRouteByIt() {
    Router holder = new QRouting();
    assertThat(holder.word(0, MODEL, node(2))).describedAs("it ran nothing yet").isEmpty();
    holder.onOutcome(0, REQUEST, new Outcome(node(2), null, 3 * MILLI, null));
    holder.onOutcome(0, REQUEST, new Outcome(node(1), null, 7 * MILLI, null));
    byte[] word = holder.word(0, MODEL, node(2));
    Router entry = new QRouting();
    entry.onWord(0, MODEL, node(0), ByteBuffer.allocate(8).putDouble(9.0 * MILLI).array());
    entry.onWord(0, MODEL, node(1), ByteBuffer.allocate(8).putDouble(9.0 * MILLI).array());

    entry.onWord(0, MODEL, node(2), word);

    assertThat(ByteBuffer.wrap(word).getDouble()).isEqualTo(3.0 * MILLI);
    assertThat(chosen(entry, busyHere(0)).get(node(2))).isGreaterThan(900);
  }

  @Test
  void qRoutingIgnoresWordsThatMakeNoSense() {
    Router router = new QRouting();
    for (int i = 0; i < 3; i++) {
      router.onOutcome(0, REQUEST, new Outcome(node(i), null, (i + 1L) * 5 * MILLI, null));
    }

    router.onWord(0, MODEL, node(2), new byte[] {1});
    for (double nonsense : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      router.onWord(0, MODEL, node(2), ByteBuffer.allocate(8).putDouble(nonsense).array());
      router.onWord(0, MODEL, node(0), ByteBuffer.allocate(8).putDouble(nonsense).array());
    }

    assertThat(chosen(router, busyHere(0)).get(node(0))).isGreaterThan(900);
  }

  /** Nodes 0, 1 and 2 hold it; node 0, which is this node, has that many in flight of 8. */
  private static ClusterView busyHere(int inFlight) {
    return new Views()
        .holder(at(bare(0), 0, new Load(inFlight, 8, 0, MILLI)), 1)
        .holder(bare(1), 1)
        .holder(bare(2), 1)
        .from(0);
  }

  private SortedMap<NodeId, Integer> chosen(Router router, ClusterView view) {
    SortedMap<NodeId, Integer> counts = new TreeMap<>();
    for (int i = 0; i < 1_000; i++) {
      counts.merge(router.route(REQUEST, view, random).considered().get(0).node(), 1, Integer::sum);
    }
    return counts;
  }
}
