// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.Node;
import io.rhizome.node.config.NodeConfig;
import io.rhizome.v1.ListNodesRequest;
import io.rhizome.v1.StatusRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Path dir = Files.createTempDirectory("rhizome-prepare");
    try {
      new Foundation(dir, 1, List.of(), freePort(), freePort(), 1).write();
      Path file = dir.resolve(Foundation.nodeName(1)).resolve(NodeConfig.FILE);
      SortedMap<String, String> none = new TreeMap<>();
      try (Node node = Node.start(NodeConfig.load(file, none, none))) {
        try (NodeClient client = new NodeClient(node.apiEndpoint())) {
          int nodes =
              client.admin().listNodes(ListNodesRequest.getDefaultInstance()).getNodesCount();
          String version = client.admin().status(StatusRequest.getDefaultInstance()).getVersion();
          spec.commandLine()
              .getOut()
              .println("prepared: a node of version " + version + " ran, and saw " + nodes);
        }
        node.drain(Duration.ofSeconds(1));
      }
      return 0;
    } finally {
      delete(dir);
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
