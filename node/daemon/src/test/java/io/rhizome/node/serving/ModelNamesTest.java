// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.InMemoryPolicyStore;
import io.rhizome.node.policy.PolicyStore;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ProposalId;
import io.rhizome.node.policy.ResourceKey;
import io.rhizome.node.protocol.RequestHead;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.serving.ModelNames.Target;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ModelNamesTest {
  private final PolicyStore store =
      new InMemoryPolicyStore(NodeId.of(new byte[32]), (policy, proposal) -> {}, () -> 0);
  private final ModelNames names = ModelNames.over(store);
  private final Random random = new Random(1);

  private void put(String name, String body) {
    store
        .propose(
            new Proposal(
                ProposalId.random(random),
                "mesh",
                store.snapshot().version(),
                List.of(Change.put(new ResourceKey("Model", name), body, Change.ANY)),
                new Proof(Proof.By.OPERATOR, "op", Bytes.EMPTY, Bytes.EMPTY)))
        .toCompletableFuture()
        .join();
  }

  @Test
  void whatPolicyDoesNotNameStandsForItself() {
    assertThat(names.resolve("digits", 0, random)).contains(new Target("digits", 0));
    assertThat(names.resolve("digits", 7, random)).contains(new Target("digits", 7));
  }

  @Test
  void anAliasStandsForTheNewestOfItsVersions() {
    put("prod", "{\"model\":\"digits\",\"versions\":[2,3]}");
    assertThat(names.resolve("prod", 0, random)).contains(new Target("digits", 3));
    assertThat(names.resolve("prod", 2, random)).contains(new Target("digits", 2));
    assertThat(names.resolve("prod", 4, random)).isEmpty();

    put("prod", "{\"model\":\"digits\",\"versions\":[4]}");
    assertThat(names.resolve("prod", 0, random)).contains(new Target("digits", 4));
  }

  @Test
  void trafficIsSplitAsPolicySays() {
    put(
        "digits",
        "{\"traffic\":[{\"percent\":90,\"version\":1},{\"percent\":10,\"version\":2}],"
            + "\"versions\":[1,2]}");
    int second = 0;
    for (int i = 0; i < 10_000; i++) {
      second += names.resolve("digits", 0, random).orElseThrow().version() == 2 ? 1 : 0;
    }
    assertThat(second).isBetween(850, 1_150);
  }

  @Test
  void aRenamedRequestIsTheSameButForModelAndVersion() throws Exception {
    ModelInferRequest request =
        ModelInferRequest.newBuilder()
            .setModelName("prod")
            .setId("id")
            .addRawInputContents(ByteString.copyFromUtf8("tensor"))
            .build();
    byte[] renamed = ModelNames.renamed(request.toByteArray(), new Target("digits", 12));

    assertThat(RequestHead.scan(renamed)).isEqualTo(new RequestHead("digits", "12", "id"));
    assertThat(ModelInferRequest.parseFrom(renamed))
        .isEqualTo(request.toBuilder().setModelName("digits").setModelVersion("12").build());
  }
}
