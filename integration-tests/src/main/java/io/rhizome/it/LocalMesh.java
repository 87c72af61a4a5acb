// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A mesh of real node processes on loopback, founded by {@code rhizome init} in a temporary
 * directory. Closing it, or the end of this JVM, leaves neither processes nor files.
 *
 * <p>Nodes are counted from 1, as their names are. Clients from {@link #client} may be used by any
 * thread; the rest is for one thread.
 */
public final class LocalMesh implements AutoCloseable {
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(60);
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

  private final Checkout checkout;
  private final Path launcher;
  private final Path directory;
  private final List<NodeProcess> nodes = new ArrayList<>();
  private final List<NodeClient> clients = new ArrayList<>();
  private final Thread atExit = new Thread(this::destroyAll, "local-mesh-at-exit");

  private final PortPlan ports;

  private LocalMesh(Checkout checkout, Path directory, PortPlan ports) {
    this.ports = ports;
    this.checkout = checkout;
    this.launcher = checkout.launcher();
    this.directory = directory;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /**
   * Founds a mesh; nothing runs yet.
   *
   * @param sites their names, given to the nodes in turn; none for a mesh without sites
   */
  public static LocalMesh found(Checkout checkout, int nodes, List<String> sites, PortPlan ports)
      throws IOException, InterruptedException {
    LocalMesh mesh = new LocalMesh(checkout, Files.createTempDirectory("rhizome-mesh-"), ports);
    try {
      mesh.init(nodes, sites);
      return mesh;
    } catch (Throwable e) {
      mesh.close();
      throw e;
    }
  }

  private void init(int count, List<String> sites) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("init", "--nodes", String.valueOf(count)));
    words.addAll(List.of("--api-port", String.valueOf(ports.api())));
    words.addAll(List.of("--http-port", String.valueOf(ports.http())));
    words.addAll(List.of("--mesh-port", String.valueOf(ports.mesh())));
    words.addAll(List.of("--port-step", String.valueOf(ports.step())));
    if (!sites.isEmpty()) {
      words.addAll(List.of("--sites", String.join(",", sites)));
    }
    words.add(directory.toString());
    rhizome(words.toArray(String[]::new)).orThrow();
    for (int i = 1; i <= count; i++) {
      addNode();
    }
  }

  private NodeProcess addNode() {
    int i = nodes.size() + 1;
    NodeProcess node =
        new NodeProcess(launcher, directory.resolve("node-" + i), ports.api(i), ports.http(i));
    nodes.add(node);
    clients.add(new NodeClient(ports.api(i)));
    return node;
  }

  /** A token of this mesh, as node i makes it. */
  public String token(int i, String... options) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("token", "create"));
    words.addAll(List.of(options));
    return operate(i, words.toArray(String[]::new)).out().trim();
  }

  /** Starts one node more, which joins with that token; its ports are the plan's. */
  public NodeProcess join(String token, String... options) throws IOException {
    NodeProcess node = addNode();
    List<String> words = new ArrayList<>(joinPorts(nodes.size()));
    words.addAll(List.of(options));
    node.join(token, words.toArray(String[]::new));
    return node;
  }

  /** The options that give a node that joins the ports of node i in the plan. */
  public List<String> joinPorts(int i) {
    return List.of(
        "--api-port",
        Integer.toString(ports.api(i)),
        "--http-port",
        Integer.toString(ports.http(i)),
        "--mesh-port",
        Integer.toString(ports.mesh(i)));
  }

  /**
   * From their next start on, nodes compile their code quickly rather than well: for meshes that
   * live a minute on few cores, never for benchmarks of what a node's own code costs, unless that
   * is for a glance.
   */
  public void useQuickJit() {
    nodes.forEach(NodeProcess::useQuickJit);
  }

  /** Starts every node and returns when each has said that it is ready. */
  public void startAll() throws IOException, InterruptedException {
    for (NodeProcess node : nodes) {
      node.start();
    }
    awaitReady();
  }

  /** Returns when each node, all started before, has said that it is ready. */
  public void awaitReady() throws InterruptedException {
    for (NodeProcess node : nodes) {
      node.awaitReady(READY_LIMIT);
    }
  }

  /** Starts a stopped node again, waits until it is ready, and gives it a fresh client. */
  public Duration restart(int i) throws IOException, InterruptedException {
    node(i).start();
    Duration took = node(i).awaitReady(READY_LIMIT);
    clients.set(i - 1, new NodeClient(node(i).apiPort())).close();
    return took;
  }

  /** The directory that holds the roster, the keys and the nodes' own directories. */
  public Path directory() {
    return directory;
  }

  /** The key that admin calls of this mesh are signed with. */
  public Path operatorKey() {
    return directory.resolve("operator.key");
  }

  /** All nodes, in order. */
  public List<NodeProcess> nodes() {
    return List.copyOf(nodes);
  }

  /** Node i, counted from 1. */
  public NodeProcess node(int i) {
    return nodes.get(i - 1);
  }

  /** A client of node i, counted from 1. */
  public NodeClient client(int i) {
    return clients.get(i - 1);
  }

  /** Runs {@code rhizome} with these arguments and returns how it ended, well or badly. */
  public Command rhizome(String... arguments) throws IOException, InterruptedException {
    return run(List.of(), arguments);
  }

  private Command run(List<String> within, String... arguments)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(within);
    words.add(launcher.toString());
    words.addAll(List.of(arguments));
    return Command.run(directory, COMMAND_LIMIT, words);
  }

  /** Runs {@code rhizome} as this mesh's operator against node i; it must succeed. */
  public Command operate(int i, String... arguments) throws IOException, InterruptedException {
    return tryToOperate(i, arguments).orThrow();
  }

  /** Runs {@code rhizome} as this mesh's operator against node i, and returns how it ended. */
  public Command tryToOperate(int i, String... arguments) throws IOException, InterruptedException {
    return run(node(i).within(), operating(i, arguments));
  }

  private String[] operating(int i, String... arguments) {
    List<String> words = new ArrayList<>(List.of(arguments));
    words.addAll(List.of("--node", node(i).address()));
    words.addAll(List.of("--operator-key", operatorKey().toString()));
    return words.toArray(String[]::new);
  }

  /** Starts {@code rhizome} as this mesh's operator against node i, and does not wait for it. */
  public Process startOperating(int i, String... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of(launcher.toString()));
    words.addAll(List.of(operating(i, arguments)));
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    Command.forgetSettings(builder);
    return builder.start();
  }

  /** Pushes the digits model to node i, which holds and serves it from then on. */
  public void pushDigits(int i) throws IOException, InterruptedException {
    pushDigits(i, checkout.digitsModel(), Digits.MODEL);
  }

  /** Pushes the digits model to node i with the steps that make it take pictures too. */
  public void pushPictureDigits(int i) throws IOException, InterruptedException {
    pushDigits(i, checkout.digitsModel(), Digits.MODEL, Digits.steps());
  }

  /**
   * Pushes a file with the digits model in it to node i under a name of its own.
   *
   * @param options more for {@code model push}
   */
  public void pushDigits(int i, Path file, String name, String... options)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(Digits.pushWords(file, name));
    words.addAll(List.of(options));
    operate(i, words.toArray(String[]::new));
  }

  /**
   * Pushes a model without a file to node i: x FP32[-1] in, y FP32[-1] out.
   *
   * @param engine {@code echo} or {@code timer}; the model has its name
   * @param parameters {@code key=value} each
   */
  public void pushBuiltIn(int i, String engine, String... parameters)
      throws IOException, InterruptedException {
    pushBuiltInAs(i, engine, engine, parameters);
  }

  /** The same under a name of its own. */
  public void pushBuiltInAs(int i, String name, String engine, String... parameters)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("model", "push"));
    words.addAll(List.of("--engine", engine, "--name", name));
    words.addAll(List.of("--input", "x:FP32[-1]", "--output", "y:FP32[-1]"));
    for (String parameter : parameters) {
      words.addAll(List.of("--param", parameter));
    }
    operate(i, words.toArray(String[]::new));
  }

  /** Has node i fetch and load a model that others hold. */
  public void load(int i, String model) throws IOException, InterruptedException {
    operate(i, "model", "load", model, "--on", node(i).name());
  }

  /** Returns when every node can use every other. */
  public void awaitMembers() {
    Agreement.awaitMembers(clients);
  }

  /** Returns when every node knows that so many nodes serve a model. */
  public void awaitHolders(String model, int holders) {
    Agreement.awaitHolders(clients, model, holders);
  }

  /** The ends of all nodes' logs, for a failure's report. */
  public String logTails() {
    return String.join("\n", nodes.stream().map(NodeProcess::logTail).toList());
  }

  /** Stops every node, in order where it lets itself be, and deletes all files. */
  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atExit);
    clients.forEach(NodeClient::close);
    try {
      List<NodeProcess> running = nodes.stream().filter(NodeProcess::isAlive).toList();
      running.forEach(NodeProcess::terminate);
      for (NodeProcess node : running) {
        node.awaitExit(STOP_LIMIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      destroyAll();
    }
  }

  private void destroyAll() {
    nodes.forEach(NodeProcess::kill);
    Trees.delete(directory);
  }
}
