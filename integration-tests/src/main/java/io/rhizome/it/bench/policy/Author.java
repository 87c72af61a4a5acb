// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import com.google.protobuf.ByteString;
import io.rhizome.gossip.Bytes;
import io.rhizome.it.OperatorKey;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ProposalId;
import io.rhizome.node.policy.ResourceKey;
import io.rhizome.v1.ProposeRequest;
import java.util.List;

/** Writes proposals that an operator has signed. Any thread. */
record Author(OperatorKey operator, String mesh) {
  /** The kind of everything that is written here. */
  static final String KIND = "Site";

  /** A resource that is the benchmark's own. */
  static ResourceKey key(String name) {
    return new ResourceKey(KIND, name);
  }

  /** Content that differs from any other with another mark. */
  static String body(String mark) {
    return "{\"region\":\"" + mark + "\",\"tier\":\"edge\"}";
  }

  /** A signed request, whose bytes may be sent again and again. */
  ProposeRequest request(ProposalId id, long basis, Change change) {
    String subject = operator.id().toString();
    Proposal draft =
        new Proposal(
            id,
            mesh,
            basis,
            List.of(change),
            new Proof(Proof.By.OPERATOR, subject, Bytes.EMPTY, Bytes.EMPTY));
    Bytes signature = Bytes.of(operator.sign(draft.signedBytes().toArray()));
    Proposal signed =
        new Proposal(
            id,
            mesh,
            basis,
            draft.changes(),
            new Proof(Proof.By.OPERATOR, subject, Bytes.EMPTY, signature));
    return ProposeRequest.newBuilder()
        .setProposal(ByteString.copyFrom(PolicyCodec.encode(signed)))
        .build();
  }
}
