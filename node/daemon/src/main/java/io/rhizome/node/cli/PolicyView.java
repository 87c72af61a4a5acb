// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.google.protobuf.ByteString;
import io.rhizome.node.config.ConfigException;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.Proposals;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.node.policy.PolicyLimits;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ProposalId;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.policy.ResourceKey;
import io.rhizome.v1.GetPolicyRequest;
import io.rhizome.v1.PolicyStatusRequest;
import io.rhizome.v1.ProposeRequest;
import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/** The mesh's policy as one node had it, and changes to that, signed by an operator. */
final class PolicyView implements AutoCloseable {
  private final NodeClient client;
  private final Identity operator;
  private final String mesh;
  private final PolicyImage image;

  private PolicyView(NodeClient client, Identity operator, String mesh, PolicyImage image) {
    this.client = client;
    this.operator = operator;
    this.mesh = mesh;
    this.image = image;
  }

  static PolicyView read(NodeOption node, Identity operator) {
    NodeClient client = node.connect();
    try {
      String mesh =
          client
              .provenPolicy(operator)
              .policyStatus(PolicyStatusRequest.getDefaultInstance())
              .getMesh();
      var parts = client.provenPolicy(operator).getPolicy(GetPolicyRequest.getDefaultInstance());
      ByteArrayOutputStream image = new ByteArrayOutputStream();
      parts.forEachRemaining(part -> image.writeBytes(part.getPart().toByteArray()));
      return new PolicyView(client, operator, mesh, PolicyCodec.image(image.toByteArray()));
    } catch (RuntimeException e) {
      client.close();
      throw e;
    }
  }

  /** The id of the mesh whose policy it is. */
  String mesh() {
    return mesh;
  }

  PolicyImage image() {
    return image;
  }

  PolicySnapshot snapshot() {
    return image.snapshot();
  }

  Optional<Resource> find(ResourceKey key) {
    return snapshot().get(key.kind(), key.name());
  }

  /** The resource's version as read, {@link Change#ABSENT} where it does not exist. */
  long version(ResourceKey key) {
    return find(key).map(Resource::version).orElse(Change.ABSENT);
  }

  /**
   * Commits all of these or none, upon what was read.
   *
   * @return the policy version that they made
   */
  long propose(List<Change> changes) {
    if (changes.size() > PolicyLimits.MAX_CHANGES) {
      throw new ConfigException(
          "%d resources would change; at most %d are committed at once: apply them in parts"
              .formatted(changes.size(), PolicyLimits.MAX_CHANGES));
    }
    Proposal proposal =
        Proposals.sign(
            operator,
            Proof.By.OPERATOR,
            ProposalId.random(new SecureRandom()),
            mesh,
            snapshot().version(),
            changes);
    return propose(proposal);
  }

  private long propose(Proposal proposal) {
    ByteString encoded = ByteString.copyFrom(PolicyCodec.encode(proposal));
    return client
        .policy()
        .propose(ProposeRequest.newBuilder().setProposal(encoded).build())
        .getVersion();
  }

  @Override
  public void close() {
    client.close();
  }
}
