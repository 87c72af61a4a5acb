// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.gossip.Endpoint;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The configuration that a new node begins with.
 *
 * @param name what people call it
 * @param roster a path, for one of the first nodes; empty for one that joins
 * @param meshKey likewise
 * @param bind the address that it listens on
 * @param advertise the host that others are told; empty where that is {@code bind}
 * @param seeds mesh addresses to join through
 */
record NodeYaml(
    String name,
    String roster,
    String meshKey,
    String bind,
    String advertise,
    Ports ports,
    List<Endpoint> seeds) {
  /** Its ports: gRPC and HTTP for clients, and the mesh's. */
  record Ports(int api, int http, int mesh) {}

  private String identity() {
    return roster.isEmpty()
        ? ""
        : """
          identity:
            # Who founds the mesh, with which labels: the same file for the first nodes. Policy holds it
            # from their first start on.
            roster: %s
            # What seals the mesh's gossip, until policy says otherwise. Secret to others.
            meshKey: %s

          """
            .formatted(roster, meshKey);
  }

  /** The lines of one port's section that say where it listens and what others are told. */
  private String listen(int port) {
    return String.join(
        "\n",
        "  bind: " + bind,
        "  port: " + port,
        "  # The host that others are told; needed when bind is 0.0.0.0.",
        advertise.isEmpty()
            ? "  # advertise: node.example.org"
            : "  advertise: \"" + advertise + "\"");
  }

  String text() {
    return """
        # One node of the mesh. Start it with: rhizome up THIS_DIRECTORY
        # Every key can also be set by environment (mesh.port is RHIZOME_MESH_PORT) or by flag
        # (--set mesh.port=7710). Relative paths start at this file.

        node:
          # What people call it.
          name: %s

        # Its directory: identity/, policy/, models/ and a lock lie there. One node each.
        data: .

        %smesh:
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

        # Labels of your own; region, security, site and tier come with admission.
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

        # Batch jobs of the site. Two more ports, used once there are jobs; unless said otherwise those
        # after mesh.port.
        # jobs:
        #   enabled: true
        #   maxBytes: 4GiB

        policy:
          # How long a voter must have been gone until another node gets its vote.
          replaceVoterAfter: 60s
        """
        .formatted(
            name,
            identity(),
            listen(ports.mesh()),
            listen(ports.api()),
            bind,
            ports.http(),
            seeds.stream().map(seed -> "  - \"" + seed + "\"").collect(Collectors.joining("\n")));
  }
}
