// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.Node;
import io.rhizome.node.config.NodeConfig;
import io.rhizome.node.executor.LocalExecutor;
import io.rhizome.v1.ListNodesRequest;
import io.rhizome.v1.StatusRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code rhizome prepare}: does once what would slow the first start of a node. It runs a node for
 * a moment in a directory of its own, so that engines unpack their libraries, while the launcher
 * has the JVM record which classes a node uses.
 */
@Command(
    name = "prepare",
    description = "Once per installation: unpack engines and record classes for faster starts.")
final class PrepareCommand implements Callable<Integer> {
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(5);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(10);
  private static final int NOT_FOUND = 404;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Path dir = Files.createTempDirectory("rhizome-prepare");
    try {
      Foundation.onLoopback(
              dir, 1, List.of(), new Foundation.Ports(freePort(), freePort(), freePort(), 1))
          .write();
      Path file = dir.resolve(Foundation.nodeName(1)).resolve(NodeConfig.FILE);
      SortedMap<String, String> none = new TreeMap<>();
      try (Node node = Node.start(NodeConfig.load(file, none, none))) {
        try (NodeClient client =
            new NodeClient(new NodeAddress(node.apiEndpoint(), null), Credentials.NONE)) {
          int nodes =
              client.admin().listNodes(ListNodesRequest.getDefaultInstance()).getNodesCount();
          String version = client.admin().status(StatusRequest.getDefaultInstance()).getVersion();
          spec.commandLine()
              .getOut()
              .println("prepared: a node of version " + version + " ran, and saw " + nodes);
        }
        useHttp(node);
        LocalExecutor.prepare();
        node.drain(DRAIN_LIMIT);
      }
      return 0;
    } finally {
      delete(dir);
    }
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

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
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
