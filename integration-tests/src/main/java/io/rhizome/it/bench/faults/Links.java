// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import io.rhizome.it.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A network of our own: host 1 is this machine's, the others are namespaces, each on a link of its
 * own to a router, which is a namespace too. All faults are the router's, so that no host sees more
 * of them than packets that do not come, or come late.
 */
public final class Links implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Path HERE = Path.of(".");
  private static final List<String> TOOLS = List.of("ip", "iptables", "tc", "sysctl");
  private static final List<String> TOOL_DIRECTORIES =
      List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin");

  /** Longer than an acknowledgement without data can be: 20 bytes of IP, 60 of TCP. */
  private static final String WITH_DATA = "81:";

  /** A block of its own for each process (RFC 2544). */
  private static final int BLOCKS = 200;

  private final String prefix;
  private final String block;
  private final int hosts;
  private final Thread atExit = new Thread(this::remove, "links-at-exit");

  private Links(int hosts) {
    long pid = ProcessHandle.current().pid();
    this.prefix = "rzf" + pid % 100_000;
    this.block = "198.18." + (20 + pid % BLOCKS) + ".";
    this.hosts = hosts;
  }

  /** Why there can be none here; empty where there can. */
  public static Optional<String> missing() throws IOException, InterruptedException {
    if (!Command.run(HERE, LIMIT, List.of("id", "-u")).out().strip().equals("0")) {
      return Optional.of("networks of our own need root");
    }
    for (String tool : TOOLS) {
      if (TOOL_DIRECTORIES.stream().noneMatch(at -> Files.isExecutable(Path.of(at, tool)))) {
        return Optional.of("there is no " + tool);
      }
    }
    return Optional.empty();
  }

  /** Makes it. */
  public static Links open(int hosts) throws IOException, InterruptedException {
    Links links = new Links(hosts);
    Runtime.getRuntime().addShutdownHook(links.atExit);
    try {
      links.build();
      return links;
    } catch (Throwable e) {
      links.close();
      throw e;
    }
  }

  private void build() throws IOException, InterruptedException {
    List<String> script = new ArrayList<>();
    String router = "ip -n " + router();
    script.add("ip netns add " + router());
    script.add("ip netns exec " + router() + " sysctl -qw net.ipv4.ip_forward=1");
    for (int i = 1; i <= hosts; i++) {
      String port = "p" + i;
      String own = i == 1 ? "ip" : "ip -n " + name(i);
      String device = i == 1 ? prefix : "eth0";
      if (i > 1) {
        script.add("ip netns add " + name(i));
        script.add(own + " link set lo up");
      }
      script.add(
          "%s link add %s type veth peer name %s netns %s".formatted(own, device, port, router()));
      script.add("%s addr add %s/30 dev %s".formatted(own, address(i), device));
      script.add("%s addr add %s/30 dev %s".formatted(router, gateway(i), port));
      // Packets are lost and counted one by one, not in the batches that the kernel makes of them.
      script.add("%s link set %s up gso_max_segs 1".formatted(own, device));
      script.add("%s link set %s up gso_max_segs 1".formatted(router, port));
      script.add("%s route add %s0/24 via %s".formatted(own, block, gateway(i)));
    }
    shell(script);
  }

  private String router() {
    return prefix + "-hub";
  }

  private String name(int host) {
    return prefix + "-" + host;
  }

  /** The address of a host, counted from 1. */
  public String address(int host) {
    return block + (4 * host + 1);
  }

  private String gateway(int host) {
    return block + (4 * host + 2);
  }

  /** The start of a command that shall run at that host; empty for host 1. */
  public List<String> at(int host) {
    return host == 1 ? List.of() : List.of("ip", "netns", "exec", name(host));
  }

  /** The host's TCP port goes on to accept connections and data, and no data comes from it. */
  void silence(int host, int port) throws IOException, InterruptedException {
    drop("-p tcp -s %s --sport %d -m length --length %s".formatted(address(host), port, WITH_DATA));
  }

  /** Nothing from one host gets to the other. */
  void cutOneWay(int from, int to) throws IOException, InterruptedException {
    drop("-s %s -d %s".formatted(address(from), address(to)));
  }

  /** Nothing gets from either host to the other. */
  public void cut(int a, int b) throws IOException, InterruptedException {
    cutOneWay(a, b);
    cutOneWay(b, a);
  }

  /** Each packet to and from a host is lost with that chance, and the rest is slow, both ways. */
  void degrade(int host, double loss, String rate) throws IOException, InterruptedException {
    String queue = " root tbf rate " + rate + " burst 8kb latency 300ms";
    shell(
        List.of(
            "tc -n %s qdisc add dev p%d%s".formatted(router(), host, queue),
            "tc -n %s qdisc add dev eth0%s".formatted(name(host), queue)));
    String chance = " -m statistic --mode random --probability " + loss;
    drop("-d " + address(host) + chance);
    drop("-s " + address(host) + chance);
  }

  private void drop(String what) throws IOException, InterruptedException {
    shell(List.of("ip netns exec %s iptables -A FORWARD %s -j DROP".formatted(router(), what)));
  }

  /** Undoes all faults. */
  public void mend() throws IOException, InterruptedException {
    List<String> script = new ArrayList<>();
    script.add("ip netns exec " + router() + " iptables -F FORWARD");
    for (int i = 2; i <= hosts; i++) {
      script.add("tc -n %s qdisc del dev p%d root 2>/dev/null || true".formatted(router(), i));
      script.add("tc -n %s qdisc del dev eth0 root 2>/dev/null || true".formatted(name(i)));
    }
    shell(script);
  }

  private static void shell(List<String> script) throws IOException, InterruptedException {
    String lines = "PATH=$PATH:/usr/sbin:/sbin\n" + String.join("\n", script);
    Command.run(HERE, LIMIT, List.of("sh", "-ec", lines)).orThrow();
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atExit);
    remove();
  }

  /** The far end of a link goes with its namespace, but only when the kernel comes to that. */
  private void remove() {
    List<String> script = new ArrayList<>();
    script.add("ip link del " + prefix + " 2>/dev/null || true");
    script.add("ip netns del " + router() + " 2>/dev/null || true");
    for (int i = 2; i <= hosts; i++) {
      script.add("ip netns del " + name(i) + " 2>/dev/null || true");
    }
    try {
      shell(script);
    } catch (IOException | IllegalStateException e) {
      System.err.println("the network " + prefix + " is left: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
