// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.telemetry;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** How log lines look: as {@link LogSetup} says, or in JSON. */
public final class LogFormat {
  /** The property that holds the node's name. */
  static final String NODE = "node";

  /** The appender of {@link LogSetup}. */
  static final String TEXT = "text";

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
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender(context, "json", encoder));
    root.detachAppender(TEXT);
  }

  /** To standard error: standard output belongs to what a command prints. */
  static Appender<ILoggingEvent> appender(
      LoggerContext context, String name, Encoder<ILoggingEvent> encoder) {
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setName(name);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    return appender;
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
