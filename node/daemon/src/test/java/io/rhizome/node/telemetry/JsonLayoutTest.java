// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JsonLayoutTest {
  private final LoggerContext context = new LoggerContext();
  private final LogbackMDCAdapter mdc = new LogbackMDCAdapter();
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();
  private final Logger logger = context.getLogger("io.rhizome.node.serving.Exchange");

  @BeforeEach
  void logIntoAList() {
    context.setMDCAdapter(mdc);
    context.putProperty(LogFormat.NODE, "node-1");
    events.start();
    logger.addAppender(events);
  }

  @Test
  void aLineIsOneObjectWithTheNodeAndTheTrace() throws Exception {
    mdc.put("trace_id", "0af7651916cd43dd8448eb211c80319c");
    logger.warn("a \"quoted\" {}", "line\nand more");

    String line = line();
    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(line).endsWith("}\n").containsOnlyOnce("\n");
    assertThat(Instant.parse(json.path("time").asText())).isBeforeOrEqualTo(Instant.now());
    assertThat(json.path("level").asText()).isEqualTo("WARN");
    assertThat(json.path("logger").asText()).isEqualTo("io.rhizome.node.serving.Exchange");
    assertThat(json.path("message").asText()).isEqualTo("a \"quoted\" line\nand more");
    assertThat(json.path("node").asText()).isEqualTo("node-1");
    assertThat(json.path("trace_id").asText()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(json.has("error")).isFalse();
  }

  @Test
  void anErrorComesWithItsStackAndWithoutATraceThereIsNone() throws Exception {
    logger.error("it broke", new IllegalStateException("deep"));

    JsonNode json = new ObjectMapper().readTree(line());
    assertThat(json.path("error").asText())
        .startsWith("java.lang.IllegalStateException: deep")
        .contains("JsonLayoutTest");
    assertThat(json.has("trace_id")).isFalse();
  }

  private String line() {
    assertThat(events.list).hasSize(1);
    return new JsonLayout().doLayout(events.list.get(0));
  }
}
