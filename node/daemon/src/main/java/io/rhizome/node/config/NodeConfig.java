// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.config;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * All that one node is told. The YAML key of each value is the record path: {@code mesh().port()}
 * is {@code mesh.port}; {@code RHIZOME_MESH_PORT} and {@code --set mesh.port=7710} override it.
 *
 * @param name {@code node.name}; empty for the one in the roster
 * @param data {@code data}; the node's directory, absolute
 * @param identity files that say who belongs to the mesh
 * @param mesh the port for peers, TCP and UDP
 * @param api the gRPC port for clients
 * @param apiPlaintext {@code api.plaintext}; whether the gRPC port speaks plain text, not TLS by
 *     the node's own key; true on loopback unless said otherwise
 * @param apiTlsPort {@code api.tlsPort}; a second port, same address, for the same services over
 *     TLS by the node's own key; 0 for none
 * @param allowModelControl {@code api.allowModelControl}; whether any client may load and unload
 *     models on this node, over gRPC and REST
 * @param http the HTTP port for clients
 * @param seeds {@code seeds}; mesh addresses of peers to join through, itself allowed among them
 * @param discover {@code mesh.discover} is {@code mdns}, not {@code none}; whether nodes of this
 *     mesh on the local network become seeds
 * @param cell {@code mesh.cell}; the group of nodes, usually of one region, that this one says it
 *     is in; empty while the mesh is one
 * @param labels {@code labels}; free labels; region, site and tier come with admission instead
 * @param executor how models run
 * @param request limits of one request
 * @param transfer limits of what comes from peers
 * @param telemetry what it tells its operators
 * @param policy its part in the mesh's policy
 * @param jobs its part in its site's jobs
 */
public record NodeConfig(
    String name,
    Path data,
    IdentityFiles identity,
    Listen mesh,
    Listen api,
    boolean apiPlaintext,
    int apiTlsPort,
    boolean allowModelControl,
    Http http,
    List<Endpoint> seeds,
    boolean discover,
    String cell,
    SortedMap<String, String> labels,
    Workers executor,
    RequestLimits request,
    Transfer transfer,
    Telemetry telemetry,
    Policy policy,
    Jobs jobs) {
  /** The file's usual name. */
  public static final String FILE = "rhizome.yaml";

  private static final String LOOPBACK = "127.0.0.1";
  private static final List<String> RESERVED = List.of("name", "region", "site", "tier");
  private static final Pattern ORIGIN = Pattern.compile("\\*|https?://[^/,\\s]+");
  private static final int MAX_LABELS = 16;
  private static final int MAX_LABEL_CHARACTERS = 64;

  public NodeConfig {
    seeds = List.copyOf(seeds);
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
  }

  /**
   * Files of the mesh's founder, absolute.
   *
   * @param roster {@code identity.roster}
   * @param meshKey {@code identity.meshKey}
   */
  public record IdentityFiles(Path roster, Path meshKey) {}

  /**
   * One listening port.
   *
   * @param bind {@code .bind}; the address to listen on
   * @param port {@code .port}; 0 for any free one
   * @param advertise {@code .advertise}; the host that others use to reach it; empty for the
   *     address that the machine has, whichever that is at the time
   */
  public record Listen(String bind, int port, String advertise) {
    /** What others are told, given the address that the machine has. */
    public Endpoint advertised(String machine) {
      return new Endpoint(advertise.isEmpty() ? machine : advertise, port);
    }

    /** Whether it listens on every address. */
    public boolean onAny() {
      return bind.equals("0.0.0.0") || bind.equals("::");
    }

    /** Whether it listens on IPv6 too, where it listens on every address. */
    public boolean onAnyIpv6() {
      return bind.equals("::");
    }

    /** Whether only this machine reaches it. */
    public boolean onLoopback() {
      return isLoopback(bind);
    }
  }

  /**
   * The HTTP port.
   *
   * @param bind {@code http.bind}; the address to listen on
   * @param port {@code http.port}; 0 for any free one
   * @param plaintext {@code http.plaintext}; whether it speaks plain text, not TLS by the node's
   *     own key; true on loopback unless said otherwise
   * @param corsOrigins {@code http.corsOrigins}; origins whose pages may call it from a browser
   *     ({@code https://app.example}, or {@code *} for all); empty for none
   */
  public record Http(String bind, int port, boolean plaintext, List<String> corsOrigins) {
    public Http {
      corsOrigins = List.copyOf(corsOrigins);
    }

    /** Whether only this machine reaches it. */
    public boolean onLoopback() {
      return isLoopback(bind);
    }
  }

  /**
   * How models run.
   *
   * @param workers {@code executor.workers}; how many requests run at once, 0 for one per core
   * @param queue {@code executor.queue}; how many more may wait
   */
  public record Workers(int workers, int queue) {}

  /**
   * Limits of one request.
   *
   * @param defaultTimeout {@code request.defaultTimeout}; where the client sends no deadline
   * @param maxBytes {@code request.maxBytes}; largest encoded message
   */
  public record RequestLimits(Duration defaultTimeout, int maxBytes) {}

  /**
   * Its part in the mesh's policy.
   *
   * @param replaceVoterAfter {@code policy.replaceVoterAfter}; how long a voter must have been gone
   *     until another node gets its vote
   */
  public record Policy(Duration replaceVoterAfter) {}

  /**
   * Its part in its site's jobs.
   *
   * @param enabled {@code jobs.enabled}; whether it takes part
   * @param port {@code jobs.port}; where other nodes of the site find its store, once there are
   *     jobs; the port after {@code mesh.port} unless said otherwise
   * @param dataPort {@code jobs.dataPort}; where they send data to; the next one
   * @param maxBytes {@code jobs.maxBytes}; how much the inputs of all jobs may take here
   * @param forced {@code jobs.forced}; whether each claim and result is forced to disk, too
   * @param forgetNodeAfter {@code jobs.forgetNodeAfter}; how long a node must be gone until a site
   *     of three or more counts it no more
   */
  public record Jobs(
      boolean enabled,
      int port,
      int dataPort,
      long maxBytes,
      boolean forced,
      Duration forgetNodeAfter) {}

  /**
   * Limits of what comes from peers.
   *
   * @param maxRate {@code transfer.maxRate}; bytes of models a second, 0 for no cap
   */
  public record Transfer(long maxRate) {}

  /**
   * What a node tells its operators.
   *
   * @param otlp {@code telemetry.otlp}; where spans are sent over OTLP/HTTP, such as {@code
   *     http://collector:4318}; empty for no tracing
   * @param jsonLogs {@code log.format} is {@code json}, not {@code text}
   */
  public record Telemetry(String otlp, boolean jsonLogs) {}

  /**
   * Reads the file, then applies the environment, then flags.
   *
   * @param file the YAML file; relative paths in it start at its directory
   * @param environment such as {@link System#getenv()}
   * @param flags dotted keys and values
   * @throws ConfigException naming line (or variable, or flag), key and cure
   */
  public static NodeConfig load(
      Path file, Map<String, String> environment, SortedMap<String, String> flags)
      throws IOException {
    return ConfigReport.read(file, environment, flags).config();
  }

  static NodeConfig read(Settings settings, Path base) {
    Listen mesh = listen(settings, "mesh", 7700);
    return new NodeConfig(
        settings.text("node.name", ""),
        settings.path("data", ".", base),
        new IdentityFiles(
            settings.path("identity.roster", "roster.yaml", base),
            settings.path("identity.meshKey", "mesh.key", base)),
        mesh,
        listen(settings, "api", 8001),
        plaintext(settings, "api"),
        tlsPort(settings),
        settings.flag("api.allowModelControl", false),
        http(settings),
        settings.endpoints("seeds"),
        settings.choice("mesh.discover", List.of("none", "mdns")).equals("mdns"),
        cell(settings),
        labels(settings),
        new Workers(
            settings.number(
                "executor.workers", 0, 0, 1024, "a number from 0 (one per core) to 1024"),
            settings.number("executor.queue", 256, 1, 65536, "a number from 1 to 65536")),
        new RequestLimits(
            settings.duration("request.defaultTimeout", Duration.ofSeconds(30)),
            settings.bytes("request.maxBytes", 16 << 20)),
        new Transfer(settings.rate("transfer.maxRate")),
        new Telemetry(
            settings.url("telemetry.otlp"),
            settings.choice("log.format", List.of("text", "json")).equals("json")),
        new Policy(settings.duration("policy.replaceVoterAfter", Duration.ofSeconds(60))),
        jobs(settings, mesh.port()));
  }

  private static Jobs jobs(Settings settings, int mesh) {
    return new Jobs(
        settings.flag("jobs.enabled", true),
        settings.port("jobs.port", mesh == 0 ? 0 : mesh + 1),
        settings.port("jobs.dataPort", mesh == 0 ? 0 : mesh + 2),
        settings.size("jobs.maxBytes", 4L << 30),
        settings.flag("jobs.forced", false),
        settings.duration("jobs.forgetNodeAfter", Duration.ofMinutes(5)));
  }

  private static Http http(Settings settings) {
    return new Http(
        settings.text("http.bind", LOOPBACK),
        settings.port("http.port", 8000),
        plaintext(settings, "http"),
        settings.texts(
            "http.corsOrigins", ORIGIN, "a list of origins such as https://app.example, or *"));
  }

  /** Plain text is for loopback; elsewhere somebody must ask for it, and is told what it means. */
  private static boolean plaintext(Settings settings, String name) {
    String bind = settings.text(name + ".bind", LOOPBACK);
    boolean onLoopback = isLoopback(bind);
    boolean plaintext = settings.flag(name + ".plaintext", onLoopback);
    if (plaintext && !onLoopback) {
      settings.warning(
          name + ".plaintext",
          "clients' keys and data cross the network at %s in the clear; without '%s.plaintext' this port speaks TLS"
              .formatted(bind, name));
    }
    return plaintext;
  }

  private static int tlsPort(Settings settings) {
    int port = settings.port("api.tlsPort", 0);
    if (port != 0 && !plaintext(settings, "api")) {
      settings.problem(
          "api.tlsPort",
          "'api.tlsPort' is for TLS beside plain text, but 'api.port' speaks TLS already; remove"
              + " it, or set 'api.plaintext' to true");
    }
    return port;
  }

  private static boolean isLoopback(String bind) {
    try {
      return InetAddress.getByName(bind).isLoopbackAddress();
    } catch (UnknownHostException e) {
      // Listening will fail with that; until then, the careful answer.
      return false;
    }
  }

  private static Listen listen(Settings settings, String name, int port) {
    String bind = settings.text(name + ".bind", LOOPBACK);
    boolean any = bind.equals("0.0.0.0") || bind.equals("::");
    String advertise = settings.text(name + ".advertise", any ? "" : bind);
    return new Listen(bind, settings.port(name + ".port", port), advertise);
  }

  private static String cell(Settings settings) {
    String cell = settings.text("mesh.cell", "");
    int bytes = cell.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > NodeState.MAX_CELL_BYTES) {
      settings.problem(
          "mesh.cell",
          "'mesh.cell' must be a name of at most %d bytes in UTF-8, not %d"
              .formatted(NodeState.MAX_CELL_BYTES, bytes));
      return "";
    }
    return cell;
  }

  private static SortedMap<String, String> labels(Settings settings) {
    SortedMap<String, String> labels = new TreeMap<>();
    settings
        .below("labels.")
        .forEach(
            (key, setting) -> {
              if (RESERVED.contains(key)) {
                settings.problem(
                    setting,
                    "label '%s' comes from the roster, where the node is admitted; remove it here"
                        .formatted(key));
              } else if (key.length() > MAX_LABEL_CHARACTERS
                  || setting.text().length() > MAX_LABEL_CHARACTERS
                  || labels.size() == MAX_LABELS) {
                settings.problem(setting, "at most 16 labels of at most 64 characters each");
              } else {
                labels.put(key, setting.text());
              }
            });
    return labels;
  }
}
