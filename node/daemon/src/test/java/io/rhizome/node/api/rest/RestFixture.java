// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.Residency;
import io.rhizome.node.access.Access;
import io.rhizome.node.access.Door;
import io.rhizome.node.access.TestPolicy;
import io.rhizome.node.api.FakeJobs;
import io.rhizome.node.api.ModelControl;
import io.rhizome.node.api.ServedModels;
import io.rhizome.node.api.TenantJobs;
import io.rhizome.node.executor.Executor;
import io.rhizome.node.executor.InferenceException;
import io.rhizome.node.executor.Tensor;
import io.rhizome.node.mesh.EventLoops;
import io.rhizome.node.models.Loaded;
import io.rhizome.node.models.Manifests;
import io.rhizome.node.models.ModelSource;
import io.rhizome.node.models.ReadyModels;
import io.rhizome.node.protocol.HopMetadata;
import io.rhizome.node.serving.Forwarder;
import io.rhizome.node.serving.Gate;
import io.rhizome.node.serving.ModelNames;
import io.rhizome.node.serving.PlainRouting;
import io.rhizome.node.serving.Serving;
import io.rhizome.node.serving.TraceContext;
import io.rhizome.scheduler.admission.AdmissionConfig;
import io.rhizome.store.Chunk;
import io.rhizome.store.ChunkIndex;
import io.rhizome.store.Datatype;
import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import io.rhizome.store.SignedManifest;
import io.rhizome.store.TensorSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A node's HTTP port over two models, {@code echo} of floats and {@code eye} of byte strings, whose
 * executor gives each input's bytes back as the output of the same name, or fails as it is told.
 */
final class RestFixture implements AutoCloseable {
  static final int MAX_BYTES = 256 << 10;
  static final int MAX_IN_FLIGHT_BYTES = 600 << 10;

  private static final NodeId SELF = NodeId.ofPublicKey(new byte[] {0});
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** What this node would tell Prometheus. */
  static final String METRICS = "# TYPE made_up counter\nmade_up 1\n";

  final ScriptedExecutor executor = new ScriptedExecutor();

  /** What this node has of policy: nothing, at first. */
  final TestPolicy policy = new TestPolicy(0);

  /** Jobs of its site. */
  final FakeJobs jobs = new FakeJobs();

  private final Access access =
      Access.over(policy.store(), "eu", System::nanoTime, System::currentTimeMillis);
  private final EventLoops loops = new EventLoops(2);
  private final ExecutorService blocking = Executors.newFixedThreadPool(2);
  private final HttpClient http;
  private final RestServer server;
  private volatile boolean ready = true;

  /** Names of the models that were loaded or unloaded. */
  final List<String> changed = new CopyOnWriteArrayList<>();

  /** The port, and a client that speaks this version of HTTP to it. */
  RestFixture(HttpClient.Version version) throws IOException {
    http = HttpClient.newBuilder().version(version).build();
    NoPeers none = new NoPeers();
    Serving serving =
        new Serving(
            new Serving.Parts(SELF, none::membership, none, executor, none, peer -> {}, null),
            new PlainRouting(),
            new Gate(new AdmissionConfig(8, 8, 64), System::nanoTime),
            MAX_IN_FLIGHT_BYTES,
            System::nanoTime,
            () -> new Random(1));
    ServedModels served =
        new ServedModels(
            none,
            new Manifests(none, none, (signer, id, signature) -> true, none::membership, 1),
            ModelNames.over(policy.store()),
            none::membership,
            serving.counters(),
            "1.2.3");
    server =
        RestServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new RestServer.Settings(
                Duration.ofSeconds(5), MAX_BYTES, List.of("https://app.example"), null),
            new Door(access, false),
            serving,
            served,
            new ModelControl(true, this::changed, this::changed),
            new TenantJobs(jobs, access, served.names()),
            () -> ready,
            () -> METRICS,
            loops,
            blocking);
  }

  private CompletableFuture<Void> changed(String model) {
    changed.add(model);
    return CompletableFuture.completedFuture(null);
  }

  void ready(boolean now) {
    ready = now;
  }

  int port() {
    return server.port();
  }

  HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path)).timeout(LIMIT);
  }

  HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
    return http.send(request, BodyHandlers.ofByteArray());
  }

  HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
    return send(to(path).build());
  }

  HttpResponse<byte[]> post(String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    return post(path, BodyPublishers.ofByteArray(body), headers);
  }

  HttpResponse<byte[]> post(String path, BodyPublisher body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = to(path).POST(body);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build());
  }

  CompletableFuture<HttpResponse<byte[]>> begin(String path, byte[] body) {
    return begin(to(path).POST(BodyPublishers.ofByteArray(body)).build());
  }

  CompletableFuture<HttpResponse<byte[]>> begin(HttpRequest request) {
    return http.sendAsync(request, BodyHandlers.ofByteArray());
  }

  /** Stops accepting, and waits for what runs. */
  void drain() throws InterruptedException {
    server.shutdown();
    server.awaitEnd(System.nanoTime() + LIMIT.toNanos());
  }

  static JsonNode json(HttpResponse<byte[]> response) throws IOException {
    return JSON.readTree(response.body());
  }

  @Override
  public void close() {
    server.close();
    blocking.shutdownNow();
    loops.close();
  }

  /** Holds the one model; knows nobody else. */
  private static final class NoPeers implements ReadyModels, ModelSource, Forwarder {
    @Override
    public Executor.Cancellable forward(
        NodeId to,
        HopMetadata hop,
        byte[] message,
        @Nullable TraceContext trace,
        Forwarder.Result result) {
      throw new AssertionError("there are no peers");
    }

    @Override
    public void ask(NodeId peer, String model, String router, Forwarder.LoadAnswer answer) {
      throw new AssertionError("there are no peers");
    }

    private static final List<Loaded> MODELS =
        List.of(model("echo", "FP32"), model("eye", "BYTES"));

    private static Loaded model(String name, String datatype) {
      TensorSpec x = TensorSpec.parse("x:" + datatype + "[-1]");
      return new Loaded(
          Digest.sha256(name.getBytes(StandardCharsets.UTF_8)),
          new Manifest(name, 3, "echo", List.of(), List.of(x), List.of(x), new TreeMap<>()));
    }

    MembershipView membership() {
      Endpoint address = new Endpoint("127.0.0.1", 1);
      NodeState state = new NodeState(address, address, "", new TreeMap<>(), resident());
      TreeMap<NodeId, Member> members = new TreeMap<>();
      members.put(SELF, new Member(SELF, Member.Status.ALIVE, 1, state, 0));
      return new MembershipView(SELF, 1, members);
    }

    @Override
    public Optional<Loaded> ready(String name, long version) {
      return version != 0 && version != 3
          ? Optional.empty()
          : MODELS.stream().filter(model -> model.manifest().name().equals(name)).findFirst();
    }

    @Override
    public CompletableFuture<Loaded> loadStored(String name, long version) {
      throw new AssertionError("nothing is on disk only");
    }

    @Override
    public List<Residency> resident() {
      return MODELS.stream()
          .map(
              model ->
                  new Residency(
                      model.manifest().name(), 3, model.id().toString(), Residency.State.READY))
          .toList();
    }

    @Override
    public CompletionStage<SignedManifest> manifest(NodeId holder, Digest id) {
      throw new AssertionError("there are no peers");
    }

    @Override
    public CompletionStage<ChunkIndex> index(NodeId holder, Manifest.File file) {
      throw new AssertionError("there are no peers");
    }

    @Override
    public CompletionStage<Fetched> chunk(NodeId holder, Digest file, Chunk chunk) {
      throw new AssertionError("there are no peers");
    }
  }

  /** Answers at once, unless told to fail or to hang. */
  static final class ScriptedExecutor implements Executor {
    volatile @Nullable InferenceException failure;
    volatile boolean hangs;
    volatile Datatype answers = Datatype.FP32;
    volatile boolean brokenAnswers;

    /** The answers to what was asked while it hung. */
    final BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();

    void answerWell() {
      failure = null;
      hangs = false;
      waiting.clear();
      answers = Datatype.FP32;
      brokenAnswers = false;
    }

    @Override
    public CompletionStage<Void> load(Digest id, Manifest manifest, Path directory) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> unload(Digest id) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public Cancellable infer(Inference request, Responses responses) {
      InferenceException broken = failure;
      if (broken != null) {
        responses.onFailed(broken);
      } else if (hangs) {
        waiting.add(() -> answer(request, responses));
      } else {
        answer(request, responses);
      }
      return () -> {};
    }

    private void answer(Inference request, Responses responses) {
      responses.onStarted();
      responses.onResponse(request.inputs().stream().map(this::echo).toList());
      responses.onCompleted();
    }

    private Tensor echo(Tensor input) {
      return new Tensor(
          input.name(),
          answers,
          input.shape(),
          brokenAnswers ? input.data().slice(0, 1) : input.data());
    }

    @Override
    public void close() {}
  }
}
