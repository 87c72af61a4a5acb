// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One node as a process of its own, which may be started, killed and started again. Its log, all
 * lives in one, is beside its directory.
 *
 * <p>Not thread-safe, save {@link #kill}.
 */
public final class NodeProcess {
  private static final Duration SIGNAL_LIMIT = Duration.ofSeconds(5);
  private static final int TAIL_LINES = 40;

  private final String name;
  private final Path directory;
  private final Path log;
  private final int apiPort;
  private final int httpPort;
  private final String launcher;
  private volatile @Nullable Process process;
  private CompletableFuture<String> readyLine = new CompletableFuture<>();
  private long startedNanos;
  private boolean quickJit;
  private List<String> within = List.of();
  private final SortedMap<String, String> environment = new TreeMap<>();

  NodeProcess(Path launcher, Path directory, int apiPort, int httpPort) {
    this.name = String.valueOf(directory.getFileName());
    this.directory = directory;
    this.log = directory.resolveSibling(name + ".log");
    this.apiPort = apiPort;
    this.httpPort = httpPort;
    this.launcher = launcher.toString();
  }

  /** Its name in the roster. */
  public String name() {
    return name;
  }

  /** Its directory: configuration, identity, models. */
  public Path directory() {
    return directory;
  }

  /** Where clients reach it, {@code host:port}. */
  public String address() {
    return "127.0.0.1:" + apiPort;
  }

  /** Its identity; it must have started once, or been founded. */
  public KeyFile key() throws IOException {
    return KeyFile.read(directory.resolve("identity/node.key"));
  }

  /** Its public gRPC port on loopback. */
  public int apiPort() {
    return apiPort;
  }

  /** Its public HTTP port on loopback. */
  public int httpPort() {
    return httpPort;
  }

  /** From its next start on it runs with that environment variable. */
  public void setEnvironment(String variable, String value) {
    environment.put(variable, value);
  }

  /**
   * From now on it runs by that command, and so does what is asked of it: {@code ip netns exec
   * NAME} gives it a network of its own. The command must become what it runs.
   */
  public void runWithin(List<String> command) {
    within = List.copyOf(command);
  }

  List<String> within() {
    return within;
  }

  void useQuickJit() {
    quickJit = true;
  }

  /** Starts the process with further arguments of {@code up}; does not wait. */
  public void start(String... arguments) throws IOException {
    launch("up", List.of(directory.toString()), arguments);
  }

  /** Makes the node with a join token, and starts it, in one process; does not wait. */
  public void join(String token, String... arguments) throws IOException {
    launch("join", List.of(token, directory.toString(), "--name", name, "--up"), arguments);
  }

  private void launch(String verb, List<String> what, String... arguments) throws IOException {
    if (isAlive()) {
      throw new IllegalStateException(name + " runs already");
    }
    List<String> words = new ArrayList<>(within);
    words.addAll(List.of(launcher, verb));
    words.addAll(what);
    words.addAll(List.of(arguments));
    CompletableFuture<String> ready = new CompletableFuture<>();
    startedNanos = System.nanoTime();
    ProcessBuilder builder =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Command.forgetSettings(builder);
    builder.environment().putAll(environment);
    if (quickJit) {
      builder.environment().put("RHIZOME_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
    }
    Process started = builder.start();
    process = started;
    readyLine = ready;
    Thread reader = new Thread(() -> readOutput(started, ready), name + "-stdout");
    reader.setDaemon(true);
    reader.start();
  }

  private static void readOutput(Process process, CompletableFuture<String> ready) {
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("ready: node ")) {
          ready.complete(line);
        }
      }
      ready.completeExceptionally(new IOException("ended before it was ready"));
    } catch (IOException e) {
      ready.completeExceptionally(e);
    }
  }

  /**
   * Waits until the node says that it is ready, and returns how long that took since {@link
   * #start}. {@link IllegalStateException} with the end of its log if it ends or the limit passes.
   */
  public Duration awaitReady(Duration limit) throws InterruptedException {
    try {
      readyLine.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return Duration.ofNanos(System.nanoTime() - startedNanos);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          name + " was not ready within " + limit + ": " + e.getMessage() + "\n" + logTail(), e);
    }
  }

  /** Whether its process runs. */
  public boolean isAlive() {
    Process current = process;
    return current != null && current.isAlive();
  }

  /** The process id of its JVM; {@link IllegalStateException} if it never ran. */
  public long pid() {
    return current().pid();
  }

  /** Kill -9 of it and all it started; returns when it is gone. Nothing if it never ran. */
  public void kill() {
    Process current = process;
    if (current != null) {
      current.descendants().forEach(ProcessHandle::destroyForcibly);
      current.destroyForcibly().onExit().join();
    }
  }

  /** SIGSTOP: it keeps its connections and answers nothing, until {@link #resume}. */
  public void suspend() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** SIGCONT. */
  public void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    List<String> words = List.of("kill", "-" + name, Long.toString(pid()));
    Command.run(directory, SIGNAL_LIMIT, words).orThrow();
  }

  /** SIGTERM; does not wait. */
  public void terminate() {
    current().destroy();
  }

  /**
   * The exit status of a node that was told to stop. One that still runs after the limit is killed,
   * and {@link IllegalStateException} shows the end of its log.
   */
  public int awaitExit(Duration limit) throws InterruptedException {
    if (!current().waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      kill();
      throw new IllegalStateException(name + " did not stop within " + limit + "\n" + logTail());
    }
    return current().exitValue();
  }

  /** Where it logs to. */
  public Path log() {
    return log;
  }

  /** The last lines of its log, with its name above them. */
  public String logTail() {
    try {
      List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
      List<String> tail = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
      return "--- " + name + ": end of its log\n" + String.join("\n", tail);
    } catch (IOException e) {
      throw new UncheckedIOException("the log of " + name, e);
    }
  }

  private Process current() {
    Process current = process;
    if (current == null) {
      throw new IllegalStateException(name + " was never started");
    }
    return current;
  }
}
