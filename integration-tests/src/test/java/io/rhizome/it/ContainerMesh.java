// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Volume;
import io.rhizome.v1.StatusRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.output.OutputFrame;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * A mesh whose nodes are containers, as the compose file would start them: read-only, without
 * capabilities, nobody's user. Nodes meet on one network, from which each can be cut off; this
 * machine reaches them through another, at the containers' own addresses, which takes a Docker
 * daemon on this very Linux. Closing it leaves neither containers nor networks nor files.
 *
 * <p>Nodes are counted from 1, as their names are. For one thread, save that clients from {@link
 * #client} may be used by any.
 */
final class ContainerMesh implements AutoCloseable {
  private static final int API_PORT = 8001;
  private static final int IMAGE_USER = 10001;
  private static final Duration READY_LIMIT = Duration.ofMinutes(2);
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(60);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(5);
  private static final String READY = "(?s)^ready: node .*";

  private final Checkout checkout;
  private final Path directory;
  private final DockerClient docker = DockerClientFactory.instance().client();
  private final Network peers = internalNetwork();
  private final Network outside = internalNetwork();
  private final List<GenericContainer<?>> containers = new ArrayList<>();
  private final List<NodeClient> clients = new ArrayList<>();

  private ContainerMesh(Checkout checkout, Path directory) {
    this.checkout = checkout;
    this.directory = directory;
  }

  private static Network internalNetwork() {
    return Network.builder()
        .createNetworkCmdModifier(network -> network.withInternal(true))
        .build();
  }

  /** Founds a mesh of that many nodes from an image and returns when all know each other. */
  static ContainerMesh start(Checkout checkout, String image, int nodes, List<String> sites)
      throws IOException, InterruptedException {
    ContainerMesh mesh = new ContainerMesh(checkout, Files.createTempDirectory("rhizome-mesh-"));
    try {
      mesh.found(image, nodes, sites);
      return mesh;
    } catch (Throwable e) {
      mesh.close();
      throw e;
    }
  }

  private void found(String image, int nodes, List<String> sites)
      throws IOException, InterruptedException {
    List<String> names = Stream.iterate(1, i -> i + 1).limit(nodes).map(i -> "node-" + i).toList();
    rhizome(
        List.of(
            "init",
            "--hosts",
            String.join(",", names),
            "--sites",
            String.join(",", sites),
            directory.toString()));
    for (String name : names) {
      containers.add(node(image, name));
    }
    containers.parallelStream().forEach(GenericContainer::start);
    for (GenericContainer<?> container : containers) {
      docker
          .connectToNetworkCmd()
          .withContainerId(container.getContainerId())
          .withNetworkId(outside.getId())
          .exec();
      clients.add(connect(container));
    }
    openToClients();
    awaitMembers();
  }

  /** Clients come over a network here, and without keys: policy must allow that. */
  private void openToClients() throws IOException {
    Path file = directory.resolve("open.yaml");
    Files.writeString(file, "kind: Mesh\nname: mesh\nspec: {clients: open}\n");
    Awaitility.await("policy to take its first resource")
        .atMost(READY_LIMIT)
        .ignoreExceptions()
        .until(
            () -> {
              operate(1, List.of("apply", "-f", file.toString()));
              return true;
            });
  }

  private GenericContainer<?> node(String image, String name) throws IOException {
    Path home = directory.resolve(name);
    String user = owned(home);
    return new GenericContainer<>(DockerImageName.parse(image))
        .withImagePullPolicy(wanted -> false)
        .withNetwork(peers)
        .withNetworkAliases(name)
        .withTmpFs(Map.of("/tmp", ""))
        .withEnv(Map.of("RHIZOME_API_PLAINTEXT", "true", "RHIZOME_HTTP_PLAINTEXT", "true"))
        .withCreateContainerCmdModifier(
            container -> {
              HostConfig host = Objects.requireNonNull(container.getHostConfig());
              host.withBinds(new Bind(home.toString(), new Volume("/data")))
                  .withReadonlyRootfs(true)
                  .withCapDrop(Capability.ALL)
                  .withSecurityOpts(List.of("no-new-privileges:true"));
              container.withUser(user);
            })
        .waitingFor(Wait.forLogMessage(READY, 1).withStartupTimeout(READY_LIMIT));
  }

  /** Who can use a node's directory: the image's own user where we may give it away, else we. */
  private static String owned(Path home) throws IOException {
    int self = (int) Files.getAttribute(home, "unix:uid");
    if (self != 0) {
      return self + ":" + Files.getAttribute(home, "unix:gid");
    }
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.toList()) {
        Files.setAttribute(file, "unix:uid", IMAGE_USER);
        Files.setAttribute(file, "unix:gid", IMAGE_USER);
      }
    }
    return IMAGE_USER + ":" + IMAGE_USER;
  }

  private NodeClient connect(GenericContainer<?> container) {
    return new NodeClient(addressOf(container), API_PORT);
  }

  private String addressOf(GenericContainer<?> container) {
    return inspect(container).getNetworkSettings().getNetworks().values().stream()
        .filter(network -> outside.getId().equals(network.getNetworkID()))
        .map(ContainerNetwork::getIpAddress)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(container + " is not on our network"));
  }

  private InspectContainerResponse inspect(GenericContainer<?> container) {
    return docker.inspectContainerCmd(container.getContainerId()).exec();
  }

  /** How many nodes there are, dead or alive. */
  int size() {
    return containers.size();
  }

  /** The name of node i. */
  static String name(int i) {
    return "node-" + i;
  }

  /** A client of node i. */
  NodeClient client(int i) {
    return clients.get(i - 1);
  }

  /** Pushes the digits model to node i, which holds and serves it from then on. */
  void pushDigits(int i) throws IOException, InterruptedException {
    operate(i, Digits.pushWords(checkout.digitsModel(), Digits.MODEL));
  }

  /** Has node i fetch and load a model that others hold. */
  void load(int i, String model) throws IOException, InterruptedException {
    operate(i, List.of("model", "load", model));
  }

  private void operate(int i, List<String> words) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of("--node", addressOf(containers.get(i - 1)) + ":" + API_PORT));
    all.addAll(List.of("--operator-key", directory.resolve("operator.key").toString()));
    rhizome(all);
  }

  private void rhizome(List<String> words) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(checkout.launcher().toString()));
    all.addAll(words);
    Command.run(directory, COMMAND_LIMIT, all).orThrow();
  }

  /** Runs a command inside node i's container, as its user, and returns what it printed. */
  String inside(int i, String... words) throws IOException, InterruptedException {
    var result = containers.get(i - 1).execInContainer(words);
    if (result.getExitCode() != 0) {
      throw new IllegalStateException(String.join(" ", words) + ": " + result);
    }
    return result.getStdout();
  }

  /** Kill -9 of node i with its container. */
  void kill(int i) {
    docker.killContainerCmd(containers.get(i - 1).getContainerId()).withSignal("KILL").exec();
  }

  /** Tells node i to stop, as `docker stop` does, and returns its exit status. */
  int stop(int i) {
    String id = containers.get(i - 1).getContainerId();
    docker.stopContainerCmd(id).withTimeout(20).exec();
    Long status = inspect(containers.get(i - 1)).getState().getExitCodeLong();
    return Math.toIntExact(Objects.requireNonNull(status, "no exit status of " + id));
  }

  /** Starts a dead node again, waits until it is ready, and gives it a fresh client. */
  void restart(int i) {
    GenericContainer<?> container = containers.get(i - 1);
    long before = timesReady(container);
    docker.startContainerCmd(container.getContainerId()).exec();
    Awaitility.await(name(i) + " to be ready again")
        .atMost(READY_LIMIT)
        .until(() -> timesReady(container) > before);
    clients.set(i - 1, connect(container)).close();
  }

  private static long timesReady(GenericContainer<?> container) {
    return container
        .getLogs(OutputFrame.OutputType.STDOUT)
        .lines()
        .filter(line -> line.startsWith("ready: node "))
        .count();
  }

  /** Takes node i off its peers' network; clients still reach it. */
  void cutOff(int i) {
    docker
        .disconnectFromNetworkCmd()
        .withContainerId(containers.get(i - 1).getContainerId())
        .withNetworkId(peers.getId())
        .exec();
  }

  /** Undoes {@link #cutOff}. */
  void reconnect(int i) {
    docker
        .connectToNetworkCmd()
        .withContainerId(containers.get(i - 1).getContainerId())
        .withNetworkId(peers.getId())
        .withContainerNetwork(new ContainerNetwork().withAliases(name(i)))
        .exec();
  }

  /** Freezes node i: no process of it runs until {@link #unpause}. */
  void pause(int i) {
    docker.pauseContainerCmd(containers.get(i - 1).getContainerId()).exec();
  }

  /** Undoes {@link #pause}. */
  void unpause(int i) {
    docker.unpauseContainerCmd(containers.get(i - 1).getContainerId()).exec();
  }

  /** The first process of node i, as this machine counts. */
  long pid(int i) {
    Long pid = inspect(containers.get(i - 1)).getState().getPidLong();
    return Objects.requireNonNull(pid, "no process of " + name(i));
  }

  /** How many members node i can use, itself included. */
  int membersUsable(int i) {
    return client(i)
        .admin(CALL_LIMIT)
        .status(StatusRequest.getDefaultInstance())
        .getMembersUsable();
  }

  /** What node i has logged so far. */
  String log(int i) {
    return containers.get(i - 1).getLogs(OutputFrame.OutputType.STDERR);
  }

  /** Returns when Docker's own checks call node i healthy. */
  void awaitHealthy(int i) {
    Awaitility.await("health of " + name(i))
        .atMost(READY_LIMIT)
        .until(
            () ->
                "healthy"
                    .equals(inspect(containers.get(i - 1)).getState().getHealth().getStatus()));
  }

  /** Returns when every node can use every other. */
  void awaitMembers() {
    Agreement.awaitMembers(clients);
  }

  /** Returns when every node knows that so many nodes serve a model. */
  void awaitHolders(String model, int holders) {
    Agreement.awaitHolders(clients, model, holders);
  }

  /** All nodes' logs, for a failure's report. */
  String logs() {
    StringBuilder all = new StringBuilder();
    for (int i = 1; i <= containers.size(); i++) {
      all.append("--- ").append(name(i)).append('\n').append(log(i));
    }
    return all.toString();
  }

  @Override
  public void close() {
    clients.forEach(NodeClient::close);
    containers.forEach(GenericContainer::stop);
    peers.close();
    outside.close();
    Trees.delete(directory);
  }
}
