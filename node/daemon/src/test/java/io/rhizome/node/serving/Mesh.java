// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.Reachability;
import io.rhizome.gossip.Residency;
import io.rhizome.node.executor.Executor;
import io.rhizome.node.executor.InferenceException;
import io.rhizome.node.executor.Tensor;
import io.rhizome.node.models.Loaded;
import io.rhizome.node.models.ReadyModels;
import io.rhizome.node.protocol.HopMetadata;
import io.rhizome.node.protocol.HopReport;
import io.rhizome.node.protocol.RawMessages;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.admission.AdmissionConfig;
import io.rhizome.store.Datatype;
import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import io.rhizome.store.TensorSpec;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One node's serving over a made-up mesh under virtual time: attempts are recorded, the test ends
 * them.
 */
final class Mesh {
  static final NodeId SELF = NodeId.ofPublicKey(new byte[] {0});
  static final NodeId A = NodeId.ofPublicKey(new byte[] {1});
  static final NodeId B = NodeId.ofPublicKey(new byte[] {2});
  static final byte[] MESSAGE =
      ModelInferRequest.newBuilder()
          .setModelName("digits")
          .setId("r-1")
          .addInputs(
              ModelInferRequest.InferInputTensor.newBuilder()
                  .setName("x")
                  .setDatatype("FP32")
                  .addShape(1))
          .addRawInputContents(ByteString.copyFrom(new byte[4]))
          .build()
          .toByteArray();
  static final int MAX_IN_FLIGHT_BYTES = 10_000;
  private static final Digest MODEL = Digest.sha256(new byte[] {7});

  final List<Run> runs = new ArrayList<>();
  final List<Forwarded> sent = new ArrayList<>();

  /** Whom serving could not reach, as gossip is told. */
  final List<NodeId> doubted = new ArrayList<>();

  /** Whom serving asked for its load, and where the answers go. */
  final List<NodeId> asked = new ArrayList<>();

  /** For which router each was asked. */
  final List<String> askedFor = new ArrayList<>();

  final List<Forwarder.LoadAnswer> answers = new ArrayList<>();

  /** The loads that were begun here: the test ends them. */
  final List<CompletableFuture<Loaded>> loads = new ArrayList<>();

  final PlainRouting routing = new PlainRouting();
  final View view;
  final Serving serving;
  final ReadyModels models = new Held();
  private final VirtualTimers timers = new VirtualTimers();
  private final SortedMap<NodeId, Member> members = new TreeMap<>();
  private final List<Residency> here = new ArrayList<>();
  private long changes = 1;

  /** The span that the next requests' caller tells of. */
  @Nullable TraceContext caller;

  Mesh() {
    this(null);
  }

  Mesh(@Nullable Tracing tracing) {
    members.put(SELF, member(SELF, "self", Member.Status.ALIVE, List.of()));
    serving =
        new Serving(
            new Serving.Parts(
                SELF,
                this::membership,
                models,
                new FakeExecutor(),
                new Wires(),
                doubted::add,
                tracing),
            routing,
            new Gate(new AdmissionConfig(8, 8, 64), timers::now),
            MAX_IN_FLIGHT_BYTES,
            timers::now,
            () -> new Random(1));
    view = serving.view();
  }

  MembershipView membership() {
    return new MembershipView(SELF, changes, members);
  }

  long now() {
    return timers.now();
  }

  void holdsHere(long version) {
    here.add(residency(version, Residency.State.READY));
    passTime(Duration.ofMillis(10));
  }

  void storesHere(long version) {
    here.add(residency(version, Residency.State.STORED));
    passTime(Duration.ofMillis(10));
  }

  /** What lay on this node's disk is loaded, as the last load that was begun is told. */
  void endsLoad() {
    here.replaceAll(held -> residency(held.version(), Residency.State.READY));
    passTime(Duration.ofMillis(10));
    loads.get(loads.size() - 1).complete(models.ready("digits", 0).orElseThrow());
  }

  void holds(NodeId peer, Member.Status status, long version) {
    holds(peer, status, residency(version, Residency.State.READY));
  }

  void stores(NodeId peer, long version) {
    holds(peer, Member.Status.ALIVE, residency(version, Residency.State.STORED));
  }

  private void holds(NodeId peer, Member.Status status, Residency held) {
    members.put(peer, member(peer, peer.equals(A) ? "a" : "b", status, List.of(held)));
    changes++;
    passTime(Duration.ofMillis(10));
  }

  /** The node gets so far behind with its work. */
  void lag(Duration behind) {
    timers.lagNanos = behind.toNanos();
  }

  /** As if a request sent at that moment had ended with this report. */
  void reports(NodeId peer, long sentNanos, HopReport report) {
    serving.peers.onReport(
        timers.now(),
        peer,
        "digits",
        timers.now() - sentNanos - report.elapsedNanos(),
        MESSAGE.length,
        new Load(report.inFlight(), report.limit(), report.queueNanos(), report.serviceNanos()));
  }

  /** Probes reach it no more, for all that gossip knows. */
  void losesSightOf(NodeId peer) {
    Member seen = members.get(peer);
    if (seen == null) {
      throw new AssertionError("no member");
    }
    members.put(
        peer,
        new Member(
            peer,
            seen.status(),
            seen.incarnation(),
            seen.state(),
            seen.rttNanos(),
            Reachability.NONE,
            null));
    changes++;
    passTime(Duration.ofMillis(10));
  }

  Client request(List<NodeId> visited) {
    return request(visited, Duration.ofSeconds(30));
  }

  Client request(List<NodeId> visited, Duration budget) {
    return request(visited, budget, MESSAGE);
  }

  Client request(List<NodeId> visited, Duration budget, byte[] message) {
    for (NodeId node : visited) {
      members.putIfAbsent(node, member(node, "a", Member.Status.ALIVE, List.of()));
      changes++;
    }
    Request request =
        Request.entering("digits", 0, message.length)
            .withPath(new Request.Path(visited, 4, null))
            .withClient(new Request.Client("acme", "eu", ""));
    Client client = new Client();
    client.running =
        serving.serve(
            new Arrival(message, request, timers.now() + budget.toNanos(), timers, caller), client);
    return client;
  }

  void passTime(Duration time) {
    timers.advance(time.toNanos());
  }

  int pendingTimers() {
    return timers.pending();
  }

  /** A request of about that many bytes. */
  static byte[] padded(int bytes) throws InvalidProtocolBufferException {
    return ModelInferRequest.parseFrom(MESSAGE).toBuilder()
        .setRawInputContents(0, ByteString.copyFrom(new byte[bytes]))
        .build()
        .toByteArray();
  }

  static InputStream answerFrom(String name) {
    return RawMessages.stream(
        ModelInferResponse.newBuilder().setModelName(name).build().toByteArray());
  }

  private final class Wires implements Forwarder {
    @Override
    public Executor.Cancellable forward(
        NodeId to,
        HopMetadata hop,
        byte[] message,
        @Nullable TraceContext trace,
        Forwarder.Result result) {
      Forwarded attempt = new Forwarded(to, hop, message, trace, result, new AtomicBoolean());
      sent.add(attempt);
      return () -> attempt.cancelled().set(true);
    }

    @Override
    public void ask(NodeId peer, String model, String router, LoadAnswer answer) {
      asked.add(peer);
      askedFor.add(router);
      answers.add(answer);
    }
  }

  private static Residency residency(long version, Residency.State state) {
    return new Residency("digits", version, MODEL.toString(), state);
  }

  private static Member member(
      NodeId id, String name, Member.Status status, List<Residency> models) {
    SortedMap<String, String> labels = new TreeMap<>();
    labels.put("name", name);
    Endpoint address = new Endpoint("127.0.0.1", 1);
    return new Member(id, status, 1, new NodeState(address, address, "", labels, models), 1_000);
  }

  @SuppressWarnings("ArrayRecordComponent") // Looked at, never compared.
  record Forwarded(
      NodeId to,
      HopMetadata hop,
      byte[] message,
      @Nullable TraceContext trace,
      Forwarder.Result result,
      AtomicBoolean cancelled) {}

  static final class Client implements Reply {
    private Executor.@Nullable Cancellable running;
    private @Nullable InputStream response;
    private @Nullable ServingError error;
    private int ends;

    @Override
    public void answer(InputStream answer) {
      response = answer;
      ends++;
    }

    @Override
    public void fail(ServingError failure) {
      error = failure;
      ends++;
    }

    boolean ended() {
      return ends > 0;
    }

    int ends() {
      return ends;
    }

    void goesAway() {
      if (running == null) {
        throw new AssertionError("not started");
      }
      running.cancel();
    }

    ModelInferResponse response() throws Exception {
      if (response == null) {
        throw new AssertionError("no response, but " + error);
      }
      return ModelInferResponse.parseFrom(response);
    }

    ServingError error() {
      if (error == null) {
        throw new AssertionError("no error");
      }
      return error;
    }
  }

  /** One run on the fake executor. */
  static final class Run {
    private final Executor.Responses responses;
    private boolean cancelled;

    Run(Executor.Responses responses) {
      this.responses = responses;
    }

    void start() {
      responses.onStarted();
    }

    void answer() {
      start();
      finish();
    }

    void finish() {
      responses.onResponse(
          List.of(new Tensor("y", Datatype.FP32, List.of(1L), ByteBuffer.allocate(4))));
      responses.onCompleted();
    }

    void fail(InferenceException failure) {
      responses.onFailed(failure);
    }

    boolean cancelled() {
      return cancelled;
    }
  }

  private final class FakeExecutor implements Executor {
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
      Run run = new Run(responses);
      runs.add(run);
      return () -> run.cancelled = true;
    }

    @Override
    public void close() {}
  }

  private final class Held implements ReadyModels {
    @Override
    public Optional<Loaded> ready(String name, long version) {
      TensorSpec x = TensorSpec.parse("x:FP32[-1]");
      TensorSpec y = TensorSpec.parse("y:FP32[-1]");
      return here.stream()
          .filter(held -> held.state() == Residency.State.READY && held.model().equals(name))
          .filter(held -> version == 0 || held.version() == version)
          .findFirst()
          .map(
              held ->
                  new Manifest(
                      name,
                      held.version(),
                      "echo",
                      List.of(),
                      List.of(x),
                      List.of(y),
                      new TreeMap<>()))
          .map(manifest -> new Loaded(MODEL, manifest));
    }

    @Override
    public CompletableFuture<Loaded> loadStored(String name, long version) {
      CompletableFuture<Loaded> load = new CompletableFuture<>();
      loads.add(load);
      return load;
    }

    @Override
    public List<Residency> resident() {
      return here;
    }
  }
}
