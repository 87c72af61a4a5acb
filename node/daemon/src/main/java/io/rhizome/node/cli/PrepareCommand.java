// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.Node;
import io.rhizome.node.config.NodeConfig;
import io.rhizome.node.executor.LocalExecutor;
import io.rhizome.v1.ListNodesRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code rhizome prepare}: does once what would slow the first start of a node. It runs a node for
 * a moment in a directory of its own, lets another join it, and has the engines unpack their
 * libraries, while the launcher has the JVM record which classes that uses.
 */
@Command(
    name = "prepare",
    description = "Once per installation: unpack engines and record classes for faster starts.")
final class PrepareCommand implements Callable<Integer> {
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(5);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(10);
  private static final long POLL_MILLIS = 20;
  private static final int NOT_FOUND = 404;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Path dir = Files.createTempDirectory("rhizome-prepare");
    try {
      List<Integer> free = freePorts(3);
      Foundation.Ports ports = new Foundation.Ports(free.get(0), free.get(1), free.get(2), 1);
      Foundation.onLoopback(dir, 1, List.of(), ports).write();
      try (Node node = start(dir.resolve(Foundation.nodeName(1)))) {
        useHttp(node);
        letJoin(node, dir);
        LocalExecutor.prepare();
        node.drain(DRAIN_LIMIT);
      }
      spec.commandLine().getOut().println("prepared: a node ran, and another joined it");
      return 0;
    } finally {
      delete(dir);
    }
  }

  private static Node start(Path dir) throws IOException, InterruptedException {
    SortedMap<String, String> none = new TreeMap<>();
    return Node.start(NodeConfig.load(dir.resolve(NodeConfig.FILE), none, none));
  }

  /** Another node joins, as people let one, and both see each other. */
  private static void letJoin(Node node, Path dir) throws IOException, InterruptedException {
    String key = dir.resolve(Foundation.OPERATOR_KEY).toString();
    String address = node.apiEndpoint().toString();
    String token = eventually("token", "create", "--node", address, "--operator-key", key).trim();
    Path joiner = dir.resolve("joiner");
    List<Integer> ports = freePorts(3);
    command(
        "join",
        token,
        joiner.toString(),
        "--api-port=" + ports.get(0),
        "--http-port=" + ports.get(1),
        "--mesh-port=" + ports.get(2));
    try (Node joined = start(joiner);
        NodeClient client =
            new NodeClient(new NodeAddress(joined.apiEndpoint(), null), Credentials.NONE)) {
      long end = System.nanoTime() + CALL_LIMIT.toNanos();
      while (countNodes(client) < 2) {
        if (System.nanoTime() - end > 0) {
          throw new IOException("two nodes on this machine did not find each other");
        }
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      }
      joined.drain(DRAIN_LIMIT);
    }
  }

  private static int countNodes(NodeClient client) {
    return client.admin().listNodes(ListNodesRequest.getDefaultInstance()).getNodesCount();
  }

  /** A command that may come too early for a mesh that is being founded. */
  private static String eventually(String... words) throws IOException, InterruptedException {
    long end = System.nanoTime() + CALL_LIMIT.toNanos();
    while (true) {
      try {
        return command(words);
      } catch (IOException e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      }
    }
  }

  private static String command(String... words) throws IOException {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    if (Main.run(new PrintWriter(out, true), new PrintWriter(err, true), words) != 0) {
      throw new IOException("rhizome " + words[0] + " failed: " + err);
    }
    return out.toString();
  }

  /**
   * A request over REST makes its own way up to the models; that there is none of the name is fine.
   */
  private static void useHttp(Node node) throws IOException, InterruptedException {
    URI infer = URI.create("http://" + node.httpEndpoint() + "/v2/models/none/infer");
    String body =
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}";
    HttpRequest request =
        HttpRequest.newBuilder(infer)
            .version(HttpClient.Version.HTTP_1_1)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .timeout(CALL_LIMIT)
            .build();
    int status =
        HttpClient.newHttpClient()
            .send(request, HttpResponse.BodyHandlers.discarding())
            .statusCode();
    if (status != NOT_FOUND) {
      throw new IOException(infer + " answered " + status);
    }
  }

  /** Distinct ones: each is held until all are found. */
  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return held.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
  }

  private static void delete(Path dir) throws IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
