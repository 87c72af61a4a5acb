// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.gossip.Endpoint;
import io.rhizome.node.config.ConfigException;
import io.rhizome.node.config.NodeConfig;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.MeshKey;
import io.rhizome.node.identity.Roster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The files of a new mesh. Its nodes listen on loopback of one machine, each on ports of its own,
 * or each on a host of its own, all on the same ports. On hosts, a node's directory is complete by
 * itself, so that it can be carried there.
 */
final class Foundation {
  static final String OPERATOR_KEY = "operator.key";

  private static final String MESH_KEY = "mesh.key";
  private static final String ROSTER = "roster.yaml";

  private static final Pattern SITE =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}(:[A-Za-z0-9][A-Za-z0-9._-]{0,63})?");
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,252})|[0-9A-Fa-f:]{2,45}");
  private static final String LOOPBACK = "127.0.0.1";
  private static final String ANY = "0.0.0.0";
  private static final int MAX_NODES = 1000;
  private static final int MAX_SEEDS = 3;
  private static final int MAX_PORT = 65535;

  private final Path dir;
  private final List<String> hosts;
  private final List<String> sites;
  private final Ports ports;

  /**
   * The ports of node 1, and how far apart the nodes' are.
   *
   * @param api gRPC, for clients
   * @param http HTTP, for clients
   * @param mesh for peers
   * @param step from one node's to the next's; 0 where each has a host of its own
   */
  record Ports(int api, int http, int mesh, int step) {}

  /** On loopback, so many nodes; {@link ConfigException} names what does not fit. */
  static Foundation onLoopback(Path dir, int nodes, List<String> sites, Ports ports) {
    if (nodes < 1 || nodes > MAX_NODES) {
      throw new ConfigException("--nodes must be 1 to " + MAX_NODES + ", not " + nodes);
    }
    if (ports.step() < 1) {
      throw new ConfigException("--port-step must be 1 or more, not " + ports.step());
    }
    return new Foundation(dir, Collections.nCopies(nodes, LOOPBACK), sites, ports);
  }

  /** On these hosts, one node each; {@link ConfigException} names what does not fit. */
  static Foundation onHosts(
      Path dir, List<String> hosts, List<String> sites, int api, int http, int mesh) {
    for (String host : hosts) {
      if (!HOST.matcher(host).matches()) {
        throw new ConfigException(
            "--hosts takes host names or addresses such as a.example,10.0.0.2; got '" + host + "'");
      }
    }
    if (hosts.size() > MAX_NODES) {
      throw new ConfigException("--hosts takes at most " + MAX_NODES + ", not " + hosts.size());
    }
    return new Foundation(dir, hosts, sites, new Ports(api, http, mesh, 0));
  }

  private Foundation(Path dir, List<String> hosts, List<String> sites, Ports ports) {
    for (String site : sites) {
      if (!SITE.matcher(site).matches()) {
        throw new ConfigException(
            "--sites takes names such as berlin,paris or berlin:eu,boston:us; got '" + site + "'");
      }
    }
    this.dir = dir;
    this.hosts = List.copyOf(hosts);
    this.sites = List.copyOf(sites);
    this.ports = ports;
    requirePorts("--api-port", ports.api());
    requirePorts("--http-port", ports.http());
    requirePorts("--mesh-port", ports.mesh());
    if (meet(ports.api(), ports.mesh())
        || meet(ports.api(), ports.http())
        || meet(ports.http(), ports.mesh())) {
      throw new ConfigException(
          "two nodes' ports would meet; choose --api-port, --http-port, --mesh-port and --port-step"
              + " apart");
    }
  }

  private boolean meet(int first, int other) {
    int apart = Math.abs(first - other);
    return apart == 0
        || (ports.step() > 0 && apart % ports.step() == 0 && apart / ports.step() < hosts.size());
  }

  private void requirePorts(String option, int first) {
    long last = first + (long) (hosts.size() - 1) * ports.step();
    if (first < 1 || last > MAX_PORT) {
      throw new ConfigException(
          option
              + " "
              + first
              + " with --port-step "
              + ports.step()
              + " leaves 1 to 65535 within "
              + hosts.size()
              + " nodes");
    }
  }

  private boolean apart() {
    return ports.step() == 0;
  }

  static String nodeName(int index) {
    return "node-" + index;
  }

  void write() throws IOException {
    if (Files.exists(dir)) {
      try (Stream<Path> entries = Files.list(dir)) {
        if (entries.findAny().isPresent()) {
          throw new ConfigException(
              dir + " is not empty; give `rhizome init` a directory of its own");
        }
      }
    }
    List<Roster.Entry> admitted = new ArrayList<>();
    for (int i = 1; i <= hosts.size(); i++) {
      Path home = dir.resolve(nodeName(i));
      Identity identity = Identity.loadOrCreate(home.resolve("identity").resolve("node.key"));
      admitted.add(Roster.Entry.of(nodeName(i), identity, labels(i)));
      Files.writeString(home.resolve(NodeConfig.FILE), yaml(i));
    }
    Identity operator = Identity.loadOrCreate(dir.resolve(OPERATOR_KEY));
    Roster.Entry owner = Roster.Entry.of("operator", operator, new TreeMap<>());
    MeshKey.create(dir.resolve(MESH_KEY));
    new Roster(admitted, List.of(owner)).write(dir.resolve(ROSTER));
    if (apart()) {
      for (int i = 1; i <= hosts.size(); i++) {
        copyInto(dir.resolve(nodeName(i)));
      }
    }
  }

  private void copyInto(Path home) throws IOException {
    for (String file : List.of(MESH_KEY, ROSTER)) {
      // With attributes: the copy of a secret is as secret.
      Files.copy(dir.resolve(file), home.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  private SortedMap<String, String> labels(int index) {
    SortedMap<String, String> labels = new TreeMap<>();
    if (!sites.isEmpty()) {
      String[] site = sites.get((index - 1) % sites.size()).split(":", 2);
      labels.put("site", site[0]);
      labels.put("region", site[site.length - 1]);
    }
    return labels;
  }

  private int port(int first, int index) {
    return first + (index - 1) * ports.step();
  }

  /** The lines of one port's section that say where it listens and what others are told. */
  private String listen(int index, int port) {
    return String.join(
        "\n",
        "  bind: " + (apart() ? ANY : LOOPBACK),
        "  port: " + port,
        "  # The host that others are told; needed when bind is 0.0.0.0.",
        apart()
            ? "  advertise: \"" + hosts.get(index - 1) + "\""
            : "  # advertise: node.example.org");
  }

  private String yaml(int index) {
    String seeds =
        IntStream.rangeClosed(1, Math.min(hosts.size(), MAX_SEEDS))
            .mapToObj(i -> "  - \"" + new Endpoint(hosts.get(i - 1), port(ports.mesh(), i)) + "\"")
            .collect(Collectors.joining("\n"));
    String shared = apart() ? "" : "../";
    return """
        # One node of the mesh. Start it with: rhizome up THIS_DIRECTORY
        # Every key can also be set by environment (mesh.port is RHIZOME_MESH_PORT) or by flag
        # (--set mesh.port=7710). Relative paths start at this file.

        node:
          # What people call it.
          name: %s

        # Its directory: identity/, models/ and a lock lie there. One node each.
        data: .

        identity:
          # Who belongs to the mesh, with which labels. The same file for all.
          roster: %s
          # What seals the mesh's gossip. The same for all, secret to others.
          meshKey: %s

        mesh:
          # Where peers reach it: TCP (mutual TLS) and UDP (sealed gossip).
        %s

        api:
          # Where clients reach it: gRPC. Off loopback it speaks TLS by the node's own key and asks
          # for API keys; plain text must be asked for:
          # plaintext: true
        %s
          # Whether any client may load and unload models here, as Triton's do. An operator
          # always may, with a key: rhizome model load.
          # allowModelControl: true

        http:
          # Where clients reach it: REST.
          bind: %s
          port: %d
          # As for gRPC.
          # plaintext: true
          # Origins whose pages may call it from a browser; none unless named.
          # corsOrigins:
          #   - https://app.example.org

        # Mesh addresses to join through; any one that is up is enough.
        seeds:
        %s

        # Labels of your own; region, site and tier come from the roster.
        # labels:
        #   rack: r12

        executor:
          # How many requests run at once; 0 means one per core.
          workers: 0
          # How many more may wait.
          queue: 256

        request:
          # How long a request may take where the client sets no deadline.
          defaultTimeout: 30s
          # The largest request.
          maxBytes: 16MiB

        policy:
          # How long a voter must have been gone until another node gets its vote.
          replaceVoterAfter: 60s
        """
        .formatted(
            nodeName(index),
            shared + ROSTER,
            shared + MESH_KEY,
            listen(index, port(ports.mesh(), index)),
            listen(index, port(ports.api(), index)),
            apart() ? ANY : LOOPBACK,
            port(ports.http(), index),
            seeds);
  }
}
