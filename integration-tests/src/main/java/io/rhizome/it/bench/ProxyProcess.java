// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import io.rhizome.gossip.NodeId;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@link Proxy} in a process of its own, which ends with this one at the latest. */
final class ProxyProcess implements AutoCloseable {
  /** Said in the benchmark's method. */
  static final List<String> JVM_FLAGS = List.of("-Xms256m", "-Xmx1g");

  private static final String PORT = "port ";

  private final Process process;
  private final int port;

  /** Starts it and waits until it listens. */
  ProxyProcess(int upstreamPort, NodeId upstreamId, int threads) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    words.addAll(JVM_FLAGS);
    words.addAll(List.of("-cp", System.getProperty("java.class.path", "")));
    words.add(Proxy.class.getName());
    words.addAll(List.of(String.valueOf(upstreamPort), upstreamId.toString()));
    words.add(String.valueOf(threads));
    process = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader output = process.inputReader();
    String line = output.readLine();
    if (line == null || !line.startsWith(PORT)) {
      close();
      throw new IOException("the proxy did not start: " + line);
    }
    port = Integer.parseInt(line.substring(PORT.length()));
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
