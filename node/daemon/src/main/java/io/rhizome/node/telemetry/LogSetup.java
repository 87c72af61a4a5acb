// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Map;

/**
 * Logback's configuration. It is code, for to read it from XML took every command half a second. A
 * file that {@code -Dlogback.configurationFile} names wins. The environment's {@code RHIZOME_LOG}
 * is the level; else the property {@code rhizome.log}, which the command line sets to {@code warn}
 * for all commands but {@code up}.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogSetup extends ContextAwareBase implements Configurator {
  private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level %logger{0}: %msg%n";

  /** Libraries speak up only when something is wrong. */
  private static final Map<String, Level> LIBRARIES =
      Map.of(
          "io.netty", Level.WARN,
          "io.grpc", Level.WARN,
          "io.atomix", Level.WARN,
          // What matters is said by whoever owns it.
          "org.apache.ignite", Level.OFF,
          "ai.djl", Level.WARN,
          "com.linecorp", Level.WARN,
          // It would tell of dropped spans at every batch; rhizome_spans_total counts them.
          "io.opentelemetry.sdk.trace", Level.ERROR);

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty("logback.configurationFile") != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    LIBRARIES.forEach((name, level) -> context.getLogger(name).setLevel(level));
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(level());
    root.addAppender(LogFormat.appender(context, LogFormat.TEXT, encoder));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static Level level() {
    String level = System.getenv("RHIZOME_LOG");
    return Level.toLevel(level == null ? System.getProperty("rhizome.log") : level, Level.INFO);
  }
}
