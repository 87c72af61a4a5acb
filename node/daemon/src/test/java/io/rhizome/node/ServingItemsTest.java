// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.Residency;
import io.rhizome.node.access.TestPolicy;
import io.rhizome.node.executor.Executor;
import io.rhizome.node.jobs.Job;
import io.rhizome.node.jobs.JobId;
import io.rhizome.node.jobs.JobSource;
import io.rhizome.node.jobs.JobSpec;
import io.rhizome.node.jobs.Placement;
import io.rhizome.node.models.Loaded;
import io.rhizome.node.models.ReadyModels;
import io.rhizome.node.protocol.HopMetadata;
import io.rhizome.node.serving.Forwarder;
import io.rhizome.node.serving.Gate;
import io.rhizome.node.serving.ModelNames;
import io.rhizome.node.serving.PlainRouting;
import io.rhizome.node.serving.RouteLimits;
import io.rhizome.node.serving.Routing;
import io.rhizome.node.serving.Serving;
import io.rhizome.node.serving.TraceContext;
import io.rhizome.scheduler.Place;
import io.rhizome.scheduler.Priority;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteRules;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.admission.AdmissionConfig;
import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Items as routing sees them. */
class ServingItemsTest {
  private static final NodeId SELF = NodeId.ofPublicKey(new byte[] {0});

  private final Asked routing = new Asked();
  private final ServingItems items =
      new ServingItems(
          serving(routing),
          ModelNames.over(new TestPolicy(0).store()),
          () -> (task, delayNanos) -> () -> {},
          "here",
          TimeUnit.SECONDS.toNanos(30));

  private static Serving serving(Routing routing) {
    Nothing nothing = new Nothing();
    return new Serving(
        new Serving.Parts(
            SELF, ServingItemsTest::alone, nothing, nothing, nothing, peer -> {}, null),
        routing,
        new Gate(new AdmissionConfig(8, 8, 64), System::nanoTime),
        1_000_000,
        System::nanoTime,
        () -> new Random(1));
  }

  private static MembershipView alone() {
    Endpoint address = new Endpoint("127.0.0.1", 1);
    NodeState state = new NodeState(address, address, "", new TreeMap<>(), List.of());
    TreeMap<NodeId, Member> members = new TreeMap<>();
    members.put(SELF, new Member(SELF, Member.Status.ALIVE, 1, state, 0));
    return new MembershipView(SELF, 1, members);
  }

  private Request request(String region) {
    JobSpec spec =
        new JobSpec(
            new JobId("a"),
            "acme",
            "digits",
            4,
            0,
            Duration.ofHours(1),
            new JobSource(region, ""),
            Placement.ANY);
    var unused = items.run(new Job(spec, 1, 0), new byte[0]);
    return routing.asked.get(routing.asked.size() - 1);
  }

  @Test
  void anItemIsABatchRequestOfItsTenantFromWhereItsJobComesFrom() {
    Request request = request("abroad");

    assertThat(request.client()).isEqualTo(new Request.Client("acme", "abroad", ""));
    assertThat(request.priority()).isEqualTo(Priority.BATCH);
    assertThat(request.model()).isEqualTo("digits");
    assertThat(request.version()).isEqualTo(4);
  }

  @Test
  void anItemWhoseJobDoesNotKnowComesFromHere() {
    assertThat(request("").client().origin()).isEqualTo("here");
  }

  /** Remembers for which requests it was asked. */
  private static final class Asked implements Routing {
    final List<Request> asked = new ArrayList<>();
    private final PlainRouting plain = new PlainRouting();

    @Override
    public Router router(Request request) {
      asked.add(request);
      return plain.router(request);
    }

    @Override
    public List<Router> routers() {
      return plain.routers();
    }

    @Override
    public RouteRules rules(Request request) {
      return plain.rules(request);
    }

    @Override
    public RouteLimits limits(Request request) {
      return plain.limits(request);
    }

    @Override
    public Place place(Member member, Member from) {
      return plain.place(member, from);
    }
  }

  /** No models, and nobody else. */
  private static final class Nothing implements ReadyModels, Executor, Forwarder {
    @Override
    public Optional<Loaded> ready(String name, long version) {
      return Optional.empty();
    }

    @Override
    public CompletableFuture<Loaded> loadStored(String name, long version) {
      throw new AssertionError("nothing is on disk");
    }

    @Override
    public List<Residency> resident() {
      return List.of();
    }

    @Override
    public CompletionStage<Void> load(Digest id, Manifest manifest, Path directory) {
      throw new AssertionError("there are no models");
    }

    @Override
    public CompletionStage<Void> unload(Digest id) {
      throw new AssertionError("there are no models");
    }

    @Override
    public Cancellable infer(Inference request, Responses responses) {
      throw new AssertionError("there are no models");
    }

    @Override
    public Cancellable forward(
        NodeId to, HopMetadata hop, byte[] message, @Nullable TraceContext trace, Result result) {
      throw new AssertionError("there are no peers");
    }

    @Override
    public void ask(NodeId peer, String model, String router, LoadAnswer answer) {
      throw new AssertionError("there are no peers");
    }

    @Override
    public void close() {}
  }
}
