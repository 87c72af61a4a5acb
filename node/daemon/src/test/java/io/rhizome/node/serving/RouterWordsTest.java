// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import static io.rhizome.node.serving.Mesh.A;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.rhizome.gossip.Member.Status;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.protocol.HopReport;
import io.rhizome.node.protocol.HopReport.Outcome;
import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.Router;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What routers say beside loads, and hear. */
class RouterWordsTest {
  private static final Request REQUEST = Request.entering("digits", 0, 100);
  private static final ServingError FULL = new ServingError(ErrorCode.OVERLOADED, "full", 1_000);
  private static final ByteString WORD = ByteString.copyFromUtf8("hello");

  private final Mesh mesh = new Mesh();
  private final Talking router = new Talking();

  /**
   * Takes any node and asks for its load, says so many bytes, and keeps or fails at what it hears.
   */
  private static final class Talking implements Router {
    private final List<String> heard = new ArrayList<>();
    private int says;
    private boolean fails;

    @Override
    public String name() {
      return "talking";
    }

    @Override
    public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
      Candidates candidates = Candidates.of(request, view);
      return candidates
          .draw(random)
          .map(node -> candidates.choose(node).asking(List.of(node.id())))
          .orElseGet(candidates::refuse);
    }

    @Override
    public byte[] word(long nowNanos, String model, NodeId self) {
      if (fails) {
        throw new IllegalArgumentException("cannot say it");
      }
      byte[] word = new byte[says];
      Arrays.fill(word, (byte) model.length());
      return word;
    }

    @Override
    public void onWord(long nowNanos, String model, NodeId peer, byte[] word) {
      if (fails) {
        throw new IllegalArgumentException("makes no sense");
      }
      heard.add(model + " " + peer.shortName() + " " + word.length);
    }
  }

  private static HopReport report(HopReport.Word word) {
    return new HopReport(Outcome.ANSWERED, 0, 8, 0, 1_000, 1_000, 0).saying(word);
  }

  @Test
  void aRouterThatSaysNothingAddsNothing() {
    assertThat(mesh.serving.report(REQUEST, null, 0).word()).isNull();
    assertThat(mesh.serving.word("hot_cold", "digits")).isNull();
  }

  @Test
  void whatTheRouterOfARequestSaysGoesWithTheAnswerAndWithTheRejection() {
    mesh.routing.chooses(router);
    router.says = 3;
    HopReport.Word word = new HopReport.Word("talking", ByteString.copyFrom(new byte[] {6, 6, 6}));

    assertThat(mesh.serving.report(REQUEST, null, 0).word()).isEqualTo(word);
    assertThat(mesh.serving.report(REQUEST, FULL, 0).word()).isEqualTo(word);
    assertThat(mesh.serving.report(REQUEST, FULL, 0).outcome()).isEqualTo(Outcome.OVERLOADED);
  }

  @Test
  void aQuestionIsAnsweredByTheRouterOfThatNameOnly() {
    mesh.routing.chooses(router);
    router.says = 2;

    assertThat(mesh.serving.word("talking", "digits"))
        .isEqualTo(new HopReport.Word("talking", ByteString.copyFrom(new byte[] {6, 6})));
    assertThat(mesh.serving.word("another", "digits")).isNull();
    assertThat(mesh.serving.word("", "digits")).isNull();
  }

  @Test
  void whatIsTooLongOrFailsToBeSaidIsLeftOutAndTheReportIsNot() {
    mesh.routing.chooses(router);
    router.says = Router.MAX_WORD_BYTES + 1;
    assertThat(mesh.serving.report(REQUEST, null, 0))
        .returns(null, HopReport::word)
        .returns(Outcome.ANSWERED, HopReport::outcome);

    router.fails = true;
    assertThat(mesh.serving.report(REQUEST, null, 0).outcome()).isEqualTo(Outcome.ANSWERED);
  }

  @Test
  void whatComesWithAnAnswerIsHeardByTheRouterOfThatName() throws Exception {
    mesh.routing.chooses(router);
    mesh.holds(A, Status.ALIVE, 1);
    for (String name : List.of("talking", "another")) {
      Mesh.Client client = mesh.request(List.of());
      mesh.sent
          .get(mesh.sent.size() - 1)
          .result()
          .onAnswer(Mesh.answerFrom("a"), report(new HopReport.Word(name, WORD)));
      assertThat(client.response().getModelName()).isEqualTo("a");
    }

    assertThat(router.heard).containsExactly("digits " + A.shortName() + " 5");
  }

  @Test
  void aRouterThatFailsAtWhatItHearsDoesNotFailTheRequest() throws Exception {
    mesh.routing.chooses(router);
    mesh.holds(A, Status.ALIVE, 1);
    router.fails = true;
    Mesh.Client client = mesh.request(List.of());

    mesh.sent
        .get(0)
        .result()
        .onAnswer(Mesh.answerFrom("a"), report(new HopReport.Word("talking", WORD)));

    assertThat(client.response().getModelName()).isEqualTo("a");
    assertThat(client.ends()).isEqualTo(1);
  }

  @Test
  void whatComesWithTheAnswerToAQuestionIsHeardByTheRouterThatAsked() {
    mesh.routing.chooses(router);
    mesh.holds(A, Status.ALIVE, 1);
    mesh.request(List.of());
    assertThat(mesh.askedFor).containsExactly("talking");

    mesh.answers.get(0).onLoad(new Load(0, 8, 0, 1_000), new HopReport.Word("talking", WORD));

    assertThat(router.heard).containsExactly("digits " + A.shortName() + " 5");
  }
}
