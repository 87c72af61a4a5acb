// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.grpc.StatusRuntimeException;
import io.rhizome.it.Checkout;
import io.rhizome.it.LocalMesh;
import io.rhizome.it.NodeProcess;
import io.rhizome.it.PortPlan;
import io.rhizome.it.bench.faults.Links;
import io.rhizome.v1.JobInfo;
import io.rhizome.v1.ListModelsRequest;
import io.rhizome.v1.ModelInfo;
import io.rhizome.v1.StatusRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that all hold a timer model of 1 ms and have jobs, and a client of each. Nodes are counted
 * from 1. For one thread, save the clients.
 */
final class JobsMesh implements AutoCloseable {
  /** The model's name. */
  static final String MODEL = "timer";

  /** Of each node. */
  static final int WORKERS = 4;

  private static final int SERVICE_MILLIS = 1;
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration BACK_LIMIT = Duration.ofSeconds(60);

  /** Nodes without a site are each one of their own. */
  static final List<String> ONE_SITE = List.of("a");

  private static final Pattern COUNTED = Pattern.compile("the site's nodes are \\[(.*)]");
  private static final Duration DONE_LIMIT = Duration.ofMinutes(5);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(2);
  private static final Duration LOOK = Duration.ofMillis(20);

  private final LocalMesh mesh;
  private final PortPlan ports;
  private final List<String> sites;
  private final @Nullable Links links;
  private final List<JobClient> clients = new ArrayList<>();
  private boolean running;
  private boolean loaded;

  private JobsMesh(LocalMesh mesh, PortPlan ports, List<String> sites, @Nullable Links links) {
    this.mesh = mesh;
    this.ports = ports;
    this.sites = sites;
    this.links = links;
    for (int i = 1; i <= size(); i++) {
      String host = links == null ? "127.0.0.1" : links.address(host(i));
      clients.add(new JobClient(host, ports.api(i)));
    }
  }

  /** Nodes of one site, on loopback; none runs yet. */
  static JobsMesh onLoopback(Checkout checkout, int nodes)
      throws IOException, InterruptedException {
    PortPlan ports = PortPlan.free(nodes, new Random());
    return new JobsMesh(LocalMesh.found(checkout, nodes, ONE_SITE, ports), ports, ONE_SITE, null);
  }

  /**
   * Nodes on a network of their own, whose links can be cut; clients reach every node whatever is
   * cut. None runs yet.
   *
   * @param sites given to the nodes in turn
   */
  static JobsMesh onLinks(Checkout checkout, int nodes, List<String> sites)
      throws IOException, InterruptedException {
    PortPlan ports = PortPlan.free(nodes, new Random());
    Links links = Links.open(host(nodes));
    try {
      return new JobsMesh(LocalMesh.found(checkout, nodes, sites, ports), ports, sites, links);
    } catch (Throwable e) {
      links.close();
      throw e;
    }
  }

  /** The network's first host is the clients'. */
  private static int host(int node) {
    return node + 1;
  }

  /** How many nodes. */
  int size() {
    return mesh.nodes().size();
  }

  /** Has the nodes do without the slower and better of their compilers: they start faster. */
  void useQuickJit() {
    mesh.useQuickJit();
  }

  /**
   * Starts all, unless they run; returns when all of them take requests for the model, and jobs.
   */
  void start() throws IOException, InterruptedException {
    if (running) {
      return;
    }
    launchAll();
    if (!loaded) {
      // A store opens when first used: meanwhile the model comes.
      List<CompletableFuture<JobInfo>> first = firstJobs();
      load();
      first.forEach(CompletableFuture::join);
      awaitSites();
      loaded = true;
    }
    awaitJobs();
  }

  /** A job of one item for each site. */
  private List<CompletableFuture<JobInfo>> firstJobs() throws IOException {
    if (links != null) {
      admitAnyone();
    }
    return IntStream.rangeClosed(1, sites.size())
        .mapToObj(i -> client(i).submitting("first", 1))
        .toList();
  }

  /** Returns when the nodes of each site store its jobs together, as one of them tells. */
  private void awaitSites() {
    for (int i = 1; i <= sites.size(); i++) {
      List<NodeProcess> site = siteOf(i);
      Awaitility.await("the nodes of a site to store its jobs together")
          .atMost(START_LIMIT)
          .until(() -> site.stream().anyMatch(node -> counts(node) == site.size()));
    }
  }

  /** The nodes of a node's site, which were given the sites in turn. */
  private List<NodeProcess> siteOf(int i) {
    return IntStream.iterate(i, j -> j <= size(), j -> j + sites.size())
        .mapToObj(this::node)
        .toList();
  }

  /** How many nodes store its site's jobs, as its log last said. */
  private static int counts(NodeProcess node) {
    try {
      return COUNTED
          .matcher(Files.readString(node.log()))
          .results()
          .mapToInt(found -> found.group(1).split(",", -1).length)
          .reduce(0, (before, last) -> last);
    } catch (IOException e) {
      throw new UncheckedIOException("the log of " + node.name(), e);
    }
  }

  /** Has all hold the model, as they will whenever they start again. */
  private void load() throws IOException, InterruptedException {
    awaitEach("every node to know every other", client -> members(client) == size());
    mesh.pushBuiltInAs(1, MODEL, "timer", "service_millis=" + SERVICE_MILLIS);
    for (int i = 2; i <= size(); i++) {
      int known = i - 1;
      awaitEach("every node to know the model", client -> holders(client) == known);
      mesh.load(i, MODEL);
    }
    awaitEach("every node to know who holds the model", client -> holders(client) == size());
  }

  /** Clients elsewhere than on a node's loopback need keys, unless policy says otherwise. */
  private void admitAnyone() throws IOException {
    Path file = mesh.directory().resolve("open.yaml");
    Files.writeString(file, "kind: Mesh\nname: mesh\nspec: {clients: open}\n");
    Awaitility.await("policy that lets clients in")
        .atMost(START_LIMIT)
        .until(() -> mesh.tryToOperate(1, "apply", "-f", file.toString()).exit() == 0);
  }

  /** Starts all, none of which runs; returns when all are ready. */
  void launchAll() throws IOException, InterruptedException {
    running = true;
    for (int i = 1; i <= size(); i++) {
      launch(i);
    }
    for (int i = 1; i <= size(); i++) {
      node(i).awaitReady(START_LIMIT);
      client(i).reconnect();
    }
  }

  /**
   * Starts one; does not wait.
   *
   * @param options more for {@code up}
   */
  void launch(int i, String... options) throws IOException {
    List<String> words = new ArrayList<>();
    set(words, "executor.workers", WORKERS);
    set(words, "jobs.port", ports.jobs(i));
    set(words, "jobs.dataPort", ports.jobsData(i));
    if (links != null) {
      List<String> seeds =
          IntStream.rangeClosed(1, size())
              .mapToObj(j -> links.address(host(j)) + ":" + ports.mesh(j))
              .toList();
      set(words, "seeds", String.join(",", seeds));
      set(words, "mesh.bind", links.address(host(i)));
      set(words, "api.bind", "0.0.0.0");
      set(words, "api.plaintext", true);
      node(i).runWithin(links.at(host(i)));
    }
    words.addAll(List.of(options));
    node(i).start(words.toArray(String[]::new));
  }

  private static void set(List<String> words, String key, Object value) {
    words.addAll(List.of("--set", key + "=" + value));
  }

  private static int members(JobClient client) {
    return client.admin(CALL_LIMIT).status(StatusRequest.getDefaultInstance()).getMembersUsable();
  }

  private static int holders(JobClient client) {
    return client
        .admin(CALL_LIMIT)
        .listModels(ListModelsRequest.getDefaultInstance())
        .getModelsList()
        .stream()
        .filter(known -> known.getName().equals(MODEL))
        .mapToInt(ModelInfo::getReadyOnCount)
        .sum();
  }

  /** Returns when every node says what jobs there are. */
  private void awaitJobs() {
    awaitEach("every node to have jobs", client -> client.done(CALL_LIMIT) >= 0);
  }

  private void awaitEach(String what, Predicate<JobClient> condition) {
    Awaitility.await(what)
        .atMost(START_LIMIT)
        .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
        .until(() -> clients.stream().allMatch(condition));
  }

  /** Returns when so many items of a job have a result, as a node says. */
  void awaitDone(int node, String job, int items) {
    Awaitility.await(items + " results of " + job)
        .atMost(DONE_LIMIT)
        .pollInterval(LOOK)
        .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
        .until(() -> client(node).info(job, CALL_LIMIT).getDone() >= items);
  }

  /** Returns when every item of all jobs of a node's site has a result. */
  void awaitAllDone(int node) {
    Awaitility.await("the end of all jobs")
        .atMost(DONE_LIMIT)
        .pollInterval(LOOK)
        .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
        .until(
            () ->
                client(node).list(CALL_LIMIT).stream()
                    .allMatch(job -> job.getDone() == job.getItems()));
  }

  /** Returns when so many items more are done than were when this was called. */
  void awaitMore(Growths growths, int items) {
    long wanted = growths.last() + items;
    Awaitility.await(items + " results more")
        .atMost(DONE_LIMIT)
        .pollInterval(LOOK)
        .until(() -> growths.last() >= wanted);
  }

  /**
   * How long it takes from now until a node that was away says that at least so many items of its
   * site's jobs are done; NaN where it does not say that within a minute.
   */
  double secondsUntilBack(int node, long done) {
    long from = System.nanoTime();
    try {
      Awaitility.await()
          .atMost(BACK_LIMIT)
          .pollInterval(LOOK)
          .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
          .until(() -> client(node).done(CALL_LIMIT) >= done);
      return (System.nanoTime() - from) / 1e9;
    } catch (ConditionTimeoutException e) {
      System.out.println("  node " + node + " did not come back");
      return Double.NaN;
    }
  }

  /** How many requests a node runs or has waiting, its own jobs' items among them. */
  int inFlight(int node) {
    return client(node).admin(CALL_LIMIT).status(StatusRequest.getDefaultInstance()).getInFlight();
  }

  /** Kill -9 of all of them. */
  void killAll() {
    running = false;
    mesh.nodes().forEach(NodeProcess::kill);
  }

  /** All nodes' processes. */
  List<Long> pids() {
    return mesh.nodes().stream().map(NodeProcess::pid).toList();
  }

  NodeProcess node(int i) {
    return mesh.node(i);
  }

  /** All nodes' names, in order. */
  List<String> names() {
    return mesh.nodes().stream().map(NodeProcess::name).toList();
  }

  JobClient client(int i) {
    return clients.get(i - 1);
  }

  /** Nothing gets from either node to the other. */
  void cut(int a, int b) throws IOException, InterruptedException {
    network().cut(host(a), host(b));
  }

  /** Undoes all cuts. */
  void mend() throws IOException, InterruptedException {
    network().mend();
  }

  private Links network() {
    if (links == null) {
      throw new IllegalStateException("this mesh has no network of its own");
    }
    return links;
  }

  /** The ends of the logs. */
  String logTails() {
    return mesh.logTails();
  }

  @Override
  public void close() {
    clients.forEach(JobClient::close);
    try {
      mesh.close();
    } finally {
      if (links != null) {
        links.close();
      }
    }
  }
}
