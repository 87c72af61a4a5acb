// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import static io.rhizome.node.serving.Mesh.A;
import static io.rhizome.node.serving.Mesh.B;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.rhizome.gossip.Member.Status;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.executor.InferenceException;
import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.node.protocol.HopReport;
import io.rhizome.node.protocol.HopReport.Outcome;
import io.rhizome.scheduler.Explanation;
import io.rhizome.scheduler.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Which spans a request opens and how each ends. */
class TracedServingTest {
  private final List<String> events = new ArrayList<>();
  private final Mesh mesh = new Mesh(new Recording());

  @Test
  void aRunHereIsASpanBelowTheArrivalWithItsTimes() {
    mesh.holdsHere(1);
    mesh.caller = new TraceContext("parent", "");
    mesh.request(List.of());
    mesh.passTime(Duration.ofMillis(3));
    mesh.runs.get(0).start();
    mesh.passTime(Duration.ofMillis(7));
    mesh.runs.get(0).finish();

    assertThat(events)
        .containsExactly(
            "arrived below parent",
            "arrived decided by hot_cold: self chosen",
            "arrived/run begins",
            "arrived/run times 3000000 7000000",
            "arrived/run ends",
            "arrived ends");
  }

  @Test
  void eachAttemptIsASpanOfItsOwnWhoseContextThePeerIsGiven() {
    mesh.holds(A, Status.ALIVE, 1);
    mesh.holds(B, Status.ALIVE, 1);
    mesh.request(List.of());
    String first = mesh.sent.get(0).to().equals(A) ? "a" : "b";
    String second = first.equals("a") ? "b" : "a";
    assertThat(mesh.sent.get(0).trace())
        .isEqualTo(new TraceContext("arrived/forward to " + first, ""));

    mesh.sent.get(0).result().onBroken("connection reset", true);
    mesh.sent
        .get(1)
        .result()
        .onAnswer(
            Mesh.answerFrom(second), new HopReport(Outcome.ANSWERED, 0, 8, 0, 1_000, 1_000, 0));

    assertThat(events)
        .containsExactly(
            "arrived below null",
            "arrived decided by hot_cold: " + first + " chosen, " + second + " slower",
            "arrived/forward to " + first + " begins",
            "arrived/forward to " + first + " fails: connection reset",
            "arrived decided by hot_cold: " + second + " chosen, " + first + " tried",
            "arrived/forward to " + second + " begins",
            "arrived/forward to " + second + " ends",
            "arrived ends");
  }

  @Test
  void aFailedRequestsSpansSayWhy() {
    mesh.holdsHere(1);
    mesh.request(List.of());
    mesh.runs.get(0).fail(new InferenceException(Code.MODEL_FAILED, "it broke"));

    assertThat(events)
        .contains(
            "arrived/run fails: MODEL_FAILED: it broke", "arrived fails: MODEL_FAILED: it broke");
  }

  @Test
  void whatIsLoggedOfATracedRequestCarriesItsTrace() {
    Logger logger = (Logger) LoggerFactory.getLogger(Exchange.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.setLevel(Level.DEBUG);
    logger.addAppender(lines);
    try {
      mesh.request(List.of());
    } finally {
      logger.detachAppender(lines);
      logger.setLevel(null);
    }

    assertThat(lines.list).hasSize(1);
    assertThat(lines.list.get(0).getFormattedMessage()).contains("UNKNOWN_MODEL");
    assertThat(lines.list.get(0).getMDCPropertyMap()).containsEntry("trace_id", "t-1");
  }

  private final class Recording implements Tracing {
    @Override
    public Span arrived(Request request, @Nullable TraceContext caller) {
      events.add("arrived below " + (caller == null ? null : caller.traceparent()));
      return new Recorded("arrived");
    }
  }

  private final class Recorded implements Tracing.Span {
    private final String name;

    Recorded(String name) {
      this.name = name;
    }

    @Override
    public String traceId() {
      return "t-1";
    }

    @Override
    public boolean isRecorded() {
      return true;
    }

    @Override
    public void decided(Explanation why, Function<NodeId, String> names) {
      String holders =
          why.holders().stream()
              .map(holder -> names.apply(holder.node().id()) + " " + holder.verdict())
              .collect(Collectors.joining(", "));
      events.add(name + " decided by " + why.router() + ": " + holders);
    }

    @Override
    public TraceContext context() {
      return new TraceContext(name, "");
    }

    @Override
    public Tracing.Span forward(String peer) {
      return begin(name + "/forward to " + peer);
    }

    @Override
    public Tracing.Span run() {
      return begin(name + "/run");
    }

    private Tracing.Span begin(String child) {
      events.add(child + " begins");
      return new Recorded(child);
    }

    @Override
    public void times(long queueNanos, long computeNanos) {
      events.add(name + " times " + queueNanos + " " + computeNanos);
    }

    @Override
    public void end() {
      events.add(name + " ends");
    }

    @Override
    public void fail(String why) {
      events.add(name + " fails: " + why);
    }
  }
}
