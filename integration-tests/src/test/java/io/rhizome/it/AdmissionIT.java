// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.rhizome.it.bench.PinnedTls;
import io.rhizome.mesh.v1.AcquaintanceServiceGrpc;
import io.rhizome.mesh.v1.ForwardServiceGrpc;
import io.rhizome.mesh.v1.JoinServiceGrpc;
import io.rhizome.mesh.v1.JoinToken;
import io.rhizome.mesh.v1.ModelServiceGrpc;
import io.rhizome.mesh.v1.PolicyFeedServiceGrpc;
import io.rhizome.mesh.v1.RaftServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Nodes that come and go for good, in a mesh of real processes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AdmissionIT {
  private static final int FIRST = 3;
  private static final int PLANNED = 8;
  private static final Status.Code DENIED = Status.Code.PERMISSION_DENIED;
  private static final List<ServiceDescriptor> SERVICES =
      List.of(
          ForwardServiceGrpc.getServiceDescriptor(),
          ModelServiceGrpc.getServiceDescriptor(),
          PolicyFeedServiceGrpc.getServiceDescriptor(),
          RaftServiceGrpc.getServiceDescriptor(),
          AcquaintanceServiceGrpc.getServiceDescriptor(),
          JoinServiceGrpc.getServiceDescriptor());
  private static final List<String> DOOR =
      List.of(
          JoinServiceGrpc.getChallengeMethod().getFullMethodName(),
          JoinServiceGrpc.getJoinMethod().getFullMethodName());
  private static final String TOKEN = "rzt1.";
  private static final String NEW_KEY = "sealed with a new mesh key";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Checkout checkout;
  private LocalMesh mesh;

  @BeforeAll
  void found() throws IOException, InterruptedException {
    checkout = Checkout.find();
    mesh = LocalMesh.found(checkout, FIRST, List.of(), PortPlan.free(PLANNED, new Random()));
    mesh.useQuickJit();
    mesh.startAll();
    mesh.awaitMembers();
    mesh.pushDigits(2);
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> json(2, "policy", "status").get("voters").size() == FIRST);
  }

  @AfterAll
  void stop() {
    mesh.close();
  }

  private JsonNode json(int asked, String... words) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--json", "--node", mesh.node(asked).address()));
    return mesh.rhizome(all.toArray(String[]::new)).orThrow().json();
  }

  private Command infer(int asked) throws IOException, InterruptedException {
    return mesh.rhizome(
        "infer",
        Digits.MODEL,
        "--input",
        checkout.root().resolve("deploy/models/seven.json").toString(),
        "--node",
        mesh.node(asked).address());
  }

  private void awaitServed(int asked) {
    Awaitility.await().atMost(LIMIT).until(() -> infer(asked).exit() == 0);
  }

  private List<String> names(int asked) throws IOException, InterruptedException {
    List<String> names = new ArrayList<>();
    for (JsonNode node : json(asked, "nodes").get("nodes")) {
      if (List.of("ALIVE", "SUSPECT").contains(node.get("status").asText())) {
        names.add(node.path("labels").path("name").asText());
      }
    }
    return names;
  }

  private int joined(String token, String... options) throws IOException, InterruptedException {
    mesh.join(token, options).awaitReady(LIMIT);
    return mesh.nodes().size();
  }

  @Test
  void aNodeJoinsWhileTheFounderIsGone() throws IOException, InterruptedException {
    String token = mesh.token(2, "--label", "region=eu,us");
    mesh.node(1).kill();
    int i = joined(token, "--label", "region=us");
    awaitServed(i);
    assertThat(json(i, "nodes").toString()).contains("\"region\":\"us\"");
    mesh.restart(1);
    Awaitility.await().atMost(LIMIT).until(() -> names(1).contains(mesh.node(i).name()));

    Command again =
        mesh.rhizome(
            "join",
            token,
            mesh.directory().resolve("late").toString(),
            "--name",
            "late",
            "--label",
            "region=eu");
    assertThat(again.exit()).isEqualTo(1);
    assertThat(again.err()).contains("token is used up").doesNotContain(token);
  }

  @Test
  void whoeverAnswersAtASeedsAddressWithAnotherKeyLearnsNothing()
      throws IOException, InterruptedException {
    String token = mesh.token(2, "--uses", "1");
    JoinToken genuine =
        JoinToken.parseFrom(Base64.getUrlDecoder().decode(token.substring(TOKEN.length())));
    int seeds = genuine.getSeedsCount();
    assertThat(seeds).isGreaterThanOrEqualTo(FIRST);
    JoinToken.Builder diverted = genuine.toBuilder();
    for (int k = 0; k < seeds; k++) {
      diverted.getSeedsBuilder(k).setAddress(genuine.getSeeds((k + 1) % seeds).getAddress());
    }
    JsonNode before = json(2, "token", "list");
    String text = TOKEN + Base64.getUrlEncoder().encodeToString(diverted.build().toByteArray());

    Command join = mesh.rhizome("join", text, mesh.directory().resolve("diverted").toString());

    assertThat(join.exit()).isEqualTo(1);
    assertThat(join.err()).contains("none of the token's seeds lets this node in", "expected node");
    assertThat(json(2, "token", "list")).as("no use is gone").isEqualTo(before);
  }

  @Test
  void aNodeDoesNotTakeAnotherMeshsPolicyForItsOwn() throws IOException, InterruptedException {
    Path other = mesh.directory().resolve("other");
    mesh.rhizome("init", "--nodes", "1", other.toString()).orThrow();
    Path policy = Files.createDirectories(other.resolve("node-1/policy"));
    Files.copy(mesh.node(2).directory().resolve("policy/admissions"), policy.resolve("admissions"));

    Command up = mesh.rhizome("up", other.resolve("node-1").toString());

    assertThat(up.exit()).isEqualTo(1);
    assertThat(up.err()).contains("is not admitted to this mesh");
  }

  @Test
  void aKeyThatIsNotAdmittedMayCallNothingButTheDoor() throws IOException, InterruptedException {
    Path strange = mesh.directory().resolve("strange");
    mesh.rhizome("init", "--nodes", "1", strange.toString()).orThrow();
    KeyFile stranger = KeyFile.read(strange.resolve("node-1/identity/node.key"));
    KeyFile node = mesh.node(2).key();
    String address = json(2, "status").get("mesh_address").asText();
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(address)
            .sslContext(PinnedTls.client(node.id(), stranger))
            .disableRetry()
            .build();
    try {
      int refused = 0;
      for (ServiceDescriptor service : SERVICES) {
        for (MethodDescriptor<?, ?> method : service.getMethods()) {
          if (!DOOR.contains(method.getFullMethodName())) {
            assertThat(answer(channel, method)).as(method.getFullMethodName()).isEqualTo(DENIED);
            refused++;
          }
        }
      }
      assertThat(refused).isEqualTo(11);
    } finally {
      channel.shutdownNow();
    }
  }

  /** How a call with an empty message ends, whatever the method's messages are. */
  private static Status.Code answer(ManagedChannel channel, MethodDescriptor<?, ?> method) {
    MethodDescriptor<byte[], byte[]> raw =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setFullMethodName(method.getFullMethodName())
            .setType(method.getType())
            .setRequestMarshaller(new Raw())
            .setResponseMarshaller(new Raw())
            .build();
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS);
    try {
      Iterator<byte[]> answers =
          ClientCalls.blockingServerStreamingCall(channel, raw, options, new byte[0]);
      boolean unused = answers.hasNext();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] message) {
      return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void aTokenGivesNoOtherRegion() throws IOException, InterruptedException {
    String token = mesh.token(2, "--label", "region=eu");
    Command refused =
        mesh.rhizome(
            "join", token, mesh.directory().resolve("liar").toString(), "--label", "region=us");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("does not allow region=us, but eu");
  }

  @Test
  void whoIsRevokedIsRefusedAndDoesNotComeBack() throws IOException, InterruptedException {
    int i = joined(mesh.token(2));
    awaitServed(i);
    Awaitility.await().atMost(LIMIT).until(() -> names(1).contains(mesh.node(i).name()));
    mesh.operate(2, "revoke", mesh.node(i).name(), "--reason", "stolen");

    Awaitility.await().atMost(LIMIT).until(() -> infer(i).exit() != 0);
    for (int j = 1; j <= FIRST; j++) {
      int asked = j;
      Awaitility.await().atMost(LIMIT).until(() -> !names(asked).contains(mesh.node(i).name()));
      awaitServed(asked);
    }
    // The others have a new key, and it was not told.
    for (int j = 1; j <= FIRST; j++) {
      Path log = mesh.node(j).log();
      Awaitility.await().atMost(LIMIT).until(() -> Files.readString(log).contains(NEW_KEY));
    }
    assertThat(Files.readString(mesh.node(i).log())).doesNotContain(NEW_KEY);

    mesh.node(i).kill();
    mesh.restart(i);
    assertThat(infer(i).exit()).isNotZero();
    assertThat(names(2)).doesNotContain(mesh.node(i).name());
    assertThat(json(2, "audit", "--operator-key", mesh.operatorKey().toString()).toString())
        .contains("Revoked/");
    mesh.node(i).kill();
  }

  @Test
  void aNodeThatSleptThroughANewMeshKeyComesBack() throws IOException, InterruptedException {
    mesh.node(3).kill();
    mesh.operate(2, "rotate-key");
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> names(2).stream().noneMatch(mesh.node(3).name()::equals));
    mesh.restart(3);
    Awaitility.await().atMost(LIMIT).until(() -> names(2).contains(mesh.node(3).name()));
    awaitServed(3);
  }

  @Test
  void aNodeReplacesItsKey() throws IOException, InterruptedException {
    int i = joined(mesh.token(2));
    awaitServed(i);
    String before = id(i);
    Path directory = mesh.node(i).directory();
    mesh.node(i).terminate();
    mesh.node(i).awaitExit(LIMIT);

    mesh.rhizome("replace-key", directory.toString(), "--node", mesh.node(2).address()).orThrow();
    mesh.restart(i);

    awaitServed(i);
    assertThat(id(i)).isNotEqualTo(before);
    Awaitility.await().atMost(LIMIT).until(() -> names(2).contains(mesh.node(i).name()));
  }

  private String id(int asked) throws IOException, InterruptedException {
    return json(asked, "status").get("node_id").asText();
  }
}
