// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.SwimEvent;
import io.rhizome.gossip.transport.GossipLoop;
import io.rhizome.node.access.Access;
import io.rhizome.node.access.Door;
import io.rhizome.node.api.ModelControl;
import io.rhizome.node.api.ServedModels;
import io.rhizome.node.api.TenantJobs;
import io.rhizome.node.api.grpc.AccessGuard;
import io.rhizome.node.api.grpc.AdminService;
import io.rhizome.node.api.grpc.ApiServer;
import io.rhizome.node.api.grpc.Explaining;
import io.rhizome.node.api.grpc.InferenceService;
import io.rhizome.node.api.grpc.JobService;
import io.rhizome.node.api.grpc.PolicyService;
import io.rhizome.node.api.grpc.Recoveries;
import io.rhizome.node.api.rest.RestServer;
import io.rhizome.node.config.DirectoryLock;
import io.rhizome.node.config.NodeConfig;
import io.rhizome.node.discovery.LanDiscovery;
import io.rhizome.node.discovery.OwnAddress;
import io.rhizome.node.discovery.SystemInterfaces;
import io.rhizome.node.executor.ExecutorConfig;
import io.rhizome.node.executor.LocalExecutor;
import io.rhizome.node.identity.AdminGuard;
import io.rhizome.node.identity.BootEpoch;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.MeshTls;
import io.rhizome.node.identity.OperatorProofs;
import io.rhizome.node.identity.Signing;
import io.rhizome.node.identity.admission.AdmissionFile;
import io.rhizome.node.identity.admission.Admissions;
import io.rhizome.node.identity.admission.Belonging;
import io.rhizome.node.identity.admission.JoinDesk;
import io.rhizome.node.identity.admission.PolicyAdmitted;
import io.rhizome.node.mesh.AcquaintanceService;
import io.rhizome.node.mesh.EventLoops;
import io.rhizome.node.mesh.GossipStreams;
import io.rhizome.node.mesh.GrpcForwarder;
import io.rhizome.node.mesh.GrpcModelSource;
import io.rhizome.node.mesh.GrpcVoterTransport;
import io.rhizome.node.mesh.JoinService;
import io.rhizome.node.mesh.MeshChannels;
import io.rhizome.node.mesh.MeshServer;
import io.rhizome.node.mesh.PolicyFeedService;
import io.rhizome.node.mesh.RaftService;
import io.rhizome.node.mesh.VotingEpoch;
import io.rhizome.node.models.Manifests;
import io.rhizome.node.models.ModelSource;
import io.rhizome.node.models.Models;
import io.rhizome.node.models.ModelsConfig;
import io.rhizome.node.policy.Epochs;
import io.rhizome.node.resources.RouterSpec;
import io.rhizome.node.routing.PolicyRouting;
import io.rhizome.node.serving.Gate;
import io.rhizome.node.serving.ModelNames;
import io.rhizome.node.serving.Serving;
import io.rhizome.node.telemetry.LogFormat;
import io.rhizome.node.telemetry.Metrics;
import io.rhizome.node.telemetry.OtlpTracing;
import io.rhizome.scheduler.admission.AdmissionConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running node: makes the parts, starts them in order, stops them in the reverse.
 *
 * <p>Thread rule: {@link #start}, {@link #drain} and {@link #close} block and are called once each,
 * by one thread; the rest is for any thread.
 */
public final class Node implements AutoCloseable {
  /** The version of this build. */
  public static final String VERSION = "0.1.0";

  private static final Logger log = LoggerFactory.getLogger(Node.class);
  private static final long HEAP_SHARE_OF_REQUESTS = 4;
  private static final Duration LEAVE_LIMIT = Duration.ofSeconds(1);
  private static final Duration TICK = Duration.ofMillis(250);

  private final NodeConfig config;
  private final Teardown teardown;
  private final NodeId id;
  private final Presence presence;
  private final LocalExecutor executor;
  private final Models models;
  private final Membership membership;
  private final GossipStreams streams;
  private final GossipLoop gossip;
  private final Serving serving;
  private final MeshServer mesh;
  private final ApiServer api;
  private final RestServer rest;
  private volatile boolean ready;

  /**
   * Starts a node. When this returns it serves, with every model that it served when it last
   * stopped.
   *
   * @throws IOException naming the file, directory or port that is in the way
   */
  public static Node start(NodeConfig config) throws IOException, InterruptedException {
    Teardown teardown = new Teardown();
    try {
      return new Node(config, teardown);
    } catch (IOException | InterruptedException | RuntimeException e) {
      teardown.close();
      throw e;
    }
  }

  private Node(NodeConfig config, Teardown teardown) throws IOException, InterruptedException {
    this.config = config;
    this.teardown = teardown;
    LogFormat.apply(config.telemetry().jsonLogs());
    teardown.add(DirectoryLock.acquire(config.data()));
    ExecutorConfig capacity = capacity();
    executor = teardown.add(LocalExecutor.start(capacity));
    Gate gate =
        new Gate(
            AdmissionConfig.of(capacity.workers(), capacity.queueCapacity()), System::nanoTime);

    Identity identity = Identity.loadOrCreate(config.data().resolve("identity/node.key"));
    AdmissionFile admissionFile = new AdmissionFile(config.data().resolve("policy"));
    Belonging belonging =
        Belonging.load(admissionFile, config.identity().roster(), config.identity().meshKey());
    PolicyAdmitted admitted = new PolicyAdmitted(belonging.known());
    id = identity.nodeId();
    if (!admitted.isNode(id)) {
      throw new IOException(
          "node %s is not admitted to this mesh, as far as is known here; let it join with:"
                  .formatted(id)
              + " rhizome join TOKEN DIR");
    }
    OwnAddress address =
        teardown.add(new OwnAddress(new SystemInterfaces(), config.mesh().onAnyIpv6()));
    presence = new Presence(config, address, Presence.labels(config, id, admitted));
    LogFormat.name(name());
    Signing signing = new Signing(identity, admitted);
    MeshTls tls = new MeshTls(identity, admitted);
    EventLoops loops = teardown.add(new EventLoops(Runtime.getRuntime().availableProcessors()));
    ExecutorService blocking = BlockingThreads.start(teardown, "rhizome-blocking");

    // Gossip needs what the models advertise, the models need whom gossip knows.
    membership = new Membership(id, admitted);
    MeshChannels channels =
        teardown.add(new MeshChannels(loops, tls, membership, config.request().maxBytes()));
    ModelSource source = new GrpcModelSource(channels, blocking);
    String meshId = belonging.known().mesh().orElseThrow();
    PolicyWiring wiring = new PolicyWiring(config, identity, admitted, belonging, blocking);
    GrpcVoterTransport voters = new GrpcVoterTransport(channels);
    Epochs epochs = wiring.epochs();
    Policies policies =
        teardown.add(wiring.policies(membership, channels, voters, epochs, !Files.exists(epoch())));
    Access access =
        teardown.add(
            Access.over(
                policies.store(),
                presence.labels().getOrDefault("region", ""),
                System::nanoTime,
                System::currentTimeMillis));
    models =
        teardown.add(
            Models.open(
                config.data().resolve("models"),
                ModelsConfig.DEFAULT.withMaxBytesPerSecond(config.transfer().maxRate()),
                new Models.Ports(
                    executor, source, signing, membership, presence::hold, gate::requestsWait)));
    streams = teardown.add(new GossipStreams(id, loops, tls, admitted));
    gossip = teardown.add(startGossip(signing, belonging.known(), blocking));
    teardown.add(() -> leave(gossip));
    List<Endpoint> seeds = presence.otherSeeds();
    presence.tell(
        gossip,
        config.discover()
            ? teardown.add(new LanDiscovery(meshId, id.toString(), seeds, gossip::seeds))
            : null);
    membership.follow(gossip);
    membership.onChange(gossip, channels::onMembershipChange);

    OtlpTracing tracing = startTracing();
    serving =
        new Serving(
            new Serving.Parts(
                id,
                membership,
                models,
                executor,
                new GrpcForwarder(channels),
                membership::doubt,
                tracing),
            PolicyRouting.over(
                policies.store(), RouterSpec.KNOWN, () -> LocalTime.now(ZoneOffset.UTC)),
            gate,
            Runtime.getRuntime().maxMemory() / HEAP_SHARE_OF_REQUESTS,
            System::nanoTime,
            ThreadLocalRandom::current);
    loops.every(TICK, serving::tick);
    ModelNames names = ModelNames.over(policies.store());
    SiteParts site =
        teardown.add(
            new SiteParts(
                config,
                new SiteParts.Ports(
                    id,
                    config.mesh().onAny() ? address.host() : config.mesh().bind(),
                    presence.labels(),
                    tls,
                    channels,
                    membership,
                    serving,
                    () -> serving.view().current(System.nanoTime()),
                    names,
                    loops,
                    BlockingThreads.start(teardown, "jobs-copies"))));
    Metrics metrics =
        new Metrics(
            new Metrics.Sources(
                serving.counters(),
                serving::load,
                models,
                models.transfers(),
                membership,
                gossip::stats,
                policies.store()::status,
                ProcessMemory::rssBytes,
                tracing));
    mesh =
        teardown.add(
            MeshServer.start(
                address(config.mesh()),
                tls,
                id,
                admitted,
                access,
                serving,
                models,
                List.of(
                    new PolicyFeedService(
                        id,
                        policies.store(),
                        new VotingEpoch(epochs, policies::votesIn),
                        policies.thread()),
                    new AcquaintanceService(epochs, policies.store()::status),
                    new RaftService(voters, policies::invited),
                    site.service(),
                    site.exchange(),
                    streams),
                new JoinService(
                    new JoinDesk(id, policies.store(), System::nanoTime),
                    admitted,
                    policies.store()),
                loops,
                blocking,
                config.request().maxBytes()));
    OperatorProofs proofs = new OperatorProofs(id, admitted, System::nanoTime);
    ServedModels served =
        new ServedModels(
            models,
            new Manifests(
                models,
                source,
                signing,
                membership,
                ModelsConfig.DEFAULT.manifestTimeout().toNanos()),
            names,
            membership,
            serving.counters(),
            VERSION);
    ModelControl control =
        new ModelControl(
            config.allowModelControl(),
            name -> models.load(name, 0, progress -> {}).thenAccept(loaded -> {}),
            name -> models.unload(name, 0).thenAccept(count -> {}));
    InferenceService inference =
        new InferenceService(
            access,
            serving,
            served,
            control,
            loops,
            () -> ready,
            config.request().defaultTimeout().toNanos());
    TenantJobs jobs = new TenantJobs(site.jobs(), access, names);
    AdminService admin =
        new AdminService(
            proofs,
            models,
            membership,
            new NodeStatus(id, presence, membership, serving, executor)::now,
            new Explaining(
                serving, served.names(), id, presence.labels().getOrDefault("region", "")));
    api =
        teardown.add(
            new ApiServer(
                inference.definition(),
                admin,
                new PolicyService(
                    meshId, policies.store(), new Recoveries(epochs::current, policies::recover)),
                new JobService(jobs, loops::timers, blocking),
                new AccessGuard(
                    new Door(access, !config.api().onLoopback()), new AdminGuard(proofs)),
                loops,
                blocking,
                config.request().maxBytes()));
    if (config.apiPlaintext()) {
      api.listen(address(config.api()));
    } else {
      api.listenSecure(address(config.api()), tls.publicServer());
    }
    if (config.apiTlsPort() != 0) {
      api.listenSecure(
          new InetSocketAddress(config.api().bind(), config.apiTlsPort()), tls.publicServer());
    }
    rest =
        teardown.add(
            RestServer.start(
                new InetSocketAddress(config.http().bind(), config.http().port()),
                new RestServer.Settings(
                    config.request().defaultTimeout(),
                    config.request().maxBytes(),
                    config.http().corsOrigins(),
                    config.http().plaintext() ? null : tls.key()),
                new Door(access, !config.http().onLoopback()),
                serving,
                served,
                control,
                jobs,
                () -> ready,
                metrics::scrape,
                loops,
                blocking));
    wiring.followAdmissions(admissionFile, policies, gossip, mesh, loops, tls);
    policies.start();
    wiring.found(policies);
    reload();
    ready = true;
    api.setReady(true);
    site.start();
  }

  private ExecutorConfig capacity() {
    int workers = config.executor().workers();
    int cores = Runtime.getRuntime().availableProcessors();
    return new ExecutorConfig(workers == 0 ? cores : workers, config.executor().queue());
  }

  private Path epoch() {
    return config.data().resolve("identity/epoch");
  }

  private GossipLoop startGossip(Signing signing, Admissions known, ExecutorService blocking)
      throws IOException {
    return GossipLoop.start(
        new GossipLoop.Settings(
            id,
            new Endpoint(config.mesh().bind(), config.mesh().port()),
            GossipConfig.defaults(),
            known.meshKey().orElseThrow(),
            signing,
            BootEpoch.next(epoch()),
            presence.state(),
            presence.otherSeeds(),
            new Random(new SecureRandom().nextLong()),
            known.mesh().orElseThrow(),
            streams,
            event -> {
              if (event instanceof SwimEvent.EpochRaised raised) {
                blocking.execute(() -> keepEpoch(raised.epoch()));
              }
            }));
  }

  /** Should that fail, the mesh tells this node again when it next starts. */
  private void keepEpoch(int raised) {
    try {
      BootEpoch.raise(epoch(), raised);
    } catch (IOException e) {
      log.error("cannot keep boot epoch {}: {}", raised, e.getMessage());
    }
  }

  private @Nullable OtlpTracing startTracing() {
    String collector = config.telemetry().otlp();
    return collector.isEmpty()
        ? null
        : teardown.add(OtlpTracing.to(URI.create(collector), id.toString(), name()));
  }

  private void reload() throws InterruptedException {
    try {
      models.start().get();
    } catch (ExecutionException e) {
      log.error("the models of the last run could not be loaded", e.getCause());
    }
  }

  private static InetSocketAddress address(NodeConfig.Listen listen) {
    return new InetSocketAddress(listen.bind(), listen.port());
  }

  /** This node. */
  public NodeId nodeId() {
    return id;
  }

  /** What people call it. */
  public String name() {
    return presence.labels().getOrDefault("name", id.shortName());
  }

  /** Where peers reach it. */
  public Endpoint meshEndpoint() {
    return presence.mesh();
  }

  /** Where clients reach it. */
  public Endpoint apiEndpoint() {
    return presence.api();
  }

  /** How the command line reaches it: {@code HOST:PORT}, or {@code tls://HOST:PORT#ID}. */
  public String apiAddress() {
    return config.apiPlaintext() ? apiEndpoint().toString() : "tls://" + apiEndpoint() + "#" + id;
  }

  /** Where clients reach it over HTTP, on the address it listens on. */
  public Endpoint httpEndpoint() {
    return new Endpoint(config.http().bind(), rest.port());
  }

  /**
   * Leaves in good order: says goodbye so that nobody sends more, finishes what runs, at most for
   * {@code limit} on each port. {@link #close} comes after.
   */
  public void drain(Duration limit) throws InterruptedException {
    ready = false;
    api.setReady(false);
    leave(gossip);
    streams.close();
    long end = System.nanoTime() + limit.toNanos();
    mesh.shutdown();
    api.shutdown();
    rest.shutdown();
    mesh.awaitEnd(end);
    api.awaitEnd(end);
    rest.awaitEnd(end);
  }

  private static void leave(GossipLoop gossip) {
    gossip.leave(LEAVE_LIMIT).toCompletableFuture().join();
  }

  @Override
  public void close() {
    ready = false;
    teardown.close();
  }
}
