// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.EpochStatement;
import io.rhizome.node.policy.InMemoryPolicyStore;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ProposalId;
import io.rhizome.node.policy.ResourceKey;
import io.rhizome.v1.GetPolicyRequest;
import io.rhizome.v1.PolicyServiceGrpc;
import io.rhizome.v1.ProposeRequest;
import io.rhizome.v1.RecoverRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PolicyServiceTest {
  private static final NodeId SELF = NodeId.of(new byte[NodeId.BYTES]);

  private final InMemoryPolicyStore store =
      new InMemoryPolicyStore(SELF, (policy, proposal) -> {}, () -> 0);
  private Server server;
  private ManagedChannel channel;

  private static CompletionStage<Long> recovered(EpochStatement order) {
    return order.node().equals(SELF)
        ? CompletableFuture.completedFuture(1_000_000L)
        : CompletableFuture.failedFuture(
            new PolicyException(PolicyException.Code.CONFLICT, "not this node"));
  }

  @BeforeEach
  void start() throws Exception {
    String name = InProcessServerBuilder.generateName();
    server =
        InProcessServerBuilder.forName(name)
            .addService(
                new PolicyService(
                    "mesh", store, new Recoveries(Optional::empty, PolicyServiceTest::recovered)))
            .build()
            .start();
    channel = InProcessChannelBuilder.forName(name).build();
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
  }

  @Test
  void aLargePolicyArrivesWholeAndWithoutItsSecrets() {
    String large = "\"" + "x".repeat(30_000) + "\"";
    for (int i = 0; i < 40; i++) {
      write(i, Change.put(new ResourceKey("Node", "n" + i), large, Change.ABSENT));
    }
    write(40, Change.put(new ResourceKey("MeshKey", "k"), "\"secret-key\"", Change.ABSENT));

    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    service()
        .getPolicy(GetPolicyRequest.getDefaultInstance())
        .forEachRemaining(part -> bytes.writeBytes(part.getPart().toByteArray()));
    PolicyImage image = PolicyCodec.image(bytes.toByteArray());

    assertThat(image.snapshot().version()).isEqualTo(41);
    assertThat(image.snapshot().resources()).hasSize(41);
    assertThat(image.records()).hasSize(41);
    assertThat(bytes.toString(StandardCharsets.ISO_8859_1)).doesNotContain("secret-key");
    assertThat(store.snapshot().get("MeshKey", "k")).isPresent();
  }

  @Test
  void whatDoesNotFollowItsSchemaIsNotProposed() {
    assertThatThrownBy(
            () ->
                propose(
                    0, Change.put(new ResourceKey("Mesh", "m"), "{\"voter\":3}", Change.ABSENT)))
        .hasMessageContaining("INVALID_ARGUMENT")
        .hasMessageContaining("did you mean 'spec.voters'");
    assertThatThrownBy(
            () -> service().propose(ProposeRequest.newBuilder().setProposal(junk()).build()))
        .hasMessageContaining("INVALID_ARGUMENT");
    assertThat(store.snapshot().version()).isZero();
  }

  @Test
  void aConflictIsAborted() {
    ResourceKey mesh = new ResourceKey("Mesh", "m");
    propose(0, Change.put(mesh, "{\"voters\":3}", Change.ABSENT));

    assertThatThrownBy(() -> propose(1, Change.put(mesh, "{\"voters\":5}", Change.ABSENT)))
        .hasMessageContaining("ABORTED")
        .hasMessageContaining("expected version 0, found 1");
  }

  private static ByteString junk() {
    return ByteString.copyFromUtf8("junk");
  }

  private PolicyServiceGrpc.PolicyServiceBlockingStub service() {
    return PolicyServiceGrpc.newBlockingStub(channel).withDeadlineAfter(10, TimeUnit.SECONDS);
  }

  private Proposal proposal(long id, Change change) {
    return new Proposal(
        new ProposalId(1, id),
        "mesh",
        store.snapshot().version(),
        List.of(change),
        new Proof(Proof.By.NODE, "n", Bytes.EMPTY, Bytes.EMPTY));
  }

  /** Past the service, which takes only kinds that it knows. */
  private void write(long id, Change change) {
    assertThat(store.propose(proposal(id, change)).toCompletableFuture().join()).isEqualTo(id + 1);
  }

  private void propose(long id, Change change) {
    ByteString encoded = ByteString.copyFrom(PolicyCodec.encode(proposal(id, change)));
    assertThat(
            service()
                .propose(ProposeRequest.newBuilder().setProposal(encoded).build())
                .getVersion())
        .isEqualTo(id + 1);
  }

  @Test
  void anOrderToRecoverIsHandedOnAndAnswered() {
    assertThat(recover(new EpochStatement("mesh", 1, SELF, SELF, Bytes.EMPTY)))
        .isEqualTo(1_000_000);
    byte[] other = new byte[NodeId.BYTES];
    other[0] = 1;
    assertThatThrownBy(
            () -> recover(new EpochStatement("mesh", 1, NodeId.of(other), SELF, Bytes.EMPTY)))
        .hasMessageContaining("ABORTED: not this node");
    assertThatThrownBy(() -> service().recover(RecoverRequest.getDefaultInstance()))
        .hasMessageContaining("INVALID_ARGUMENT: epoch: it ends too early");
  }

  private long recover(EpochStatement order) {
    return service()
        .recover(
            RecoverRequest.newBuilder()
                .setEpoch(ByteString.copyFrom(PolicyCodec.encode(order)))
                .build())
        .getVersion();
  }
}
