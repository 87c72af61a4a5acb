// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.Node;
import io.rhizome.node.config.ConfigException;
import io.rhizome.node.config.ConfigReport;
import io.rhizome.node.config.NodeConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome up}: runs a node in this process until it is told to stop. */
@Command(name = "up", description = "Run a node in the foreground until SIGTERM or Ctrl-C.")
final class UpCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(UpCommand.class);
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(10);
  private static final Duration STOP_GRACE = Duration.ofSeconds(5);

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "A directory with rhizome.yaml in it (default: this one).")
  @Nullable Path dir;

  @Option(names = "--config", paramLabel = "FILE", description = "The YAML file itself.")
  @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Override any key of the file, as in --set mesh.port=7710.")
  Map<String, String> set = new TreeMap<>();

  @Option(names = "--name", paramLabel = "NAME", description = "Same as --set node.name=NAME.")
  @Nullable String name;

  @Option(names = "--api-port", paramLabel = "PORT", description = "Same as --set api.port=PORT.")
  @Nullable String apiPort;

  @Option(names = "--mesh-port", paramLabel = "PORT", description = "Same as --set mesh.port=PORT.")
  @Nullable String meshPort;

  @Option(
      names = "--seeds",
      paramLabel = "HOST:PORT,...",
      description = "Same as --set seeds=HOST:PORT,...")
  @Nullable String seeds;

  @Override
  public Integer call() throws Exception {
    ConfigReport report = ConfigReport.read(file(), System.getenv(), flags());
    report.warnings().forEach(log::warn);
    return run(report, spec.commandLine().getOut());
  }

  /** Runs the node of that configuration until a signal ends the process. */
  static int run(ConfigReport report, PrintWriter out) throws Exception {
    Node node = Node.start(report.config());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node), "rhizome-stop"));
    out.println(readyLine(node));
    // The node's own threads do the work; this one only keeps the process until a signal ends it.
    new CountDownLatch(1).await();
    return 0;
  }

  private Path file() {
    if (config != null && dir != null) {
      throw new ConfigException("give a directory or --config FILE, not both");
    }
    Path file =
        config != null ? config : (dir != null ? dir : Path.of("")).resolve(NodeConfig.FILE);
    return ConfigFile.existing(file);
  }

  private SortedMap<String, String> flags() {
    SortedMap<String, String> flags = new TreeMap<>(set);
    put(flags, "node.name", name);
    put(flags, "api.port", apiPort);
    put(flags, "mesh.port", meshPort);
    put(flags, "seeds", seeds);
    return flags;
  }

  private static void put(SortedMap<String, String> flags, String key, @Nullable String value) {
    if (value != null) {
      flags.put(key, value);
    }
  }

  private static String readyLine(Node node) {
    Instant now = Instant.now();
    Instant started = ProcessHandle.current().info().startInstant().orElse(now);
    double seconds = Duration.between(started, now).toMillis() / 1000.0;
    return String.format(
        Locale.ROOT,
        "ready: node %s (%s) api %s http %s mesh %s after %.2f s",
        node.name(),
        node.nodeId().shortName(),
        node.apiAddress(),
        node.httpEndpoint(),
        node.meshEndpoint(),
        seconds);
  }

  /** A model that never returns must not keep the process. */
  private static void haltLater() {
    Thread watchdog =
        new Thread(
            () -> {
              LockSupport.parkNanos(DRAIN_LIMIT.plus(STOP_GRACE).toNanos());
              log.error("something does not stop; ending the process without it");
              Runtime.getRuntime().halt(Main.FAILED);
            },
            "rhizome-watchdog");
    watchdog.setDaemon(true);
    watchdog.start();
  }

  /** Runs as the shutdown hook; a signal would otherwise end the process with 128 + its number. */
  private static void stop(Node node) {
    int status = 0;
    haltLater();
    try {
      log.info("draining, for at most {} s", DRAIN_LIMIT.toSeconds());
      node.drain(DRAIN_LIMIT);
      node.close();
      log.info("stopped");
    } catch (Exception e) {
      log.error("did not stop cleanly", e);
      status = Main.FAILED;
    }
    // The kernel releases the directory's lock with the process.
    Runtime.getRuntime().halt(status);
  }
}
