// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.telemetry;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** How log lines look: as {@code logback.xml} says, or in JSON. */
public final class LogFormat {
  /** The property that holds the node's name. */
  static final String NODE = "node";

  /** The appender of {@code logback.xml}. */
  private static final String TEXT = "STDERR";

  private LogFormat() {}

  /**
   * Writes log lines in that format from now on, those of libraries that use {@code
   * java.util.logging} too.
   *
   * @param json one JSON object a line, else text
   */
  public static void apply(boolean json) {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    if (json) {
      useJson(context());
    }
  }

  private static void useJson(LoggerContext context) {
    JsonLayout layout = new JsonLayout();
    layout.setContext(context);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setLayout(layout);
    encoder.start();
    ConsoleAppender<ILoggingEvent> json = new ConsoleAppender<>();
    json.setContext(context);
    json.setTarget("System.err");
    json.setEncoder(encoder);
    json.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(json);
    root.detachAppender(TEXT);
  }

  /** From now on, lines in JSON have this node's name. */
  public static void name(String node) {
    context().putProperty(NODE, node);
  }

  private static LoggerContext context() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      return context;
    }
    throw new IllegalStateException("another logging library than Logback is on the class path");
  }
}
