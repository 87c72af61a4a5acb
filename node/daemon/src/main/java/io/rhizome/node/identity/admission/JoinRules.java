// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import com.google.protobuf.InvalidProtocolBufferException;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.JoinStatement;
import io.rhizome.node.identity.Roster;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.policy.ResourceKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a token may do: put one {@code Node}, as the holder of the token said and the token allows,
 * and take one of the token's uses. The seed that made the proposal can add nothing to it.
 */
final class JoinRules {
  private JoinRules() {}

  static void check(PolicySnapshot policy, Proposal proposal, String mesh, long nowMillis)
      throws PolicyException {
    Proof proof = proposal.proof();
    ResourceKey tokenKey = AdmissionKind.TOKEN.key(proof.subject());
    TokenBody token = token(policy, tokenKey);
    requireSigned(token, proof.statement().toArray(), proof.signature().toArray());
    JoinStatement statement = statement(proof);
    if (!statement.getMesh().equals(mesh)) {
      throw MeshRules.denied("the token is for another mesh");
    }
    Change node = nodeOf(proposal);
    Roster.Entry entry = EntryBody.parse(node.key(), String.valueOf(node.body()));
    requireAsStated(statement, entry);
    Resource admitted = policy.resources().get(node.key());
    if (admitted != null && admitted.body().equals(node.body())) {
      // Nothing can come of it: it expects that there is no such node.
      return;
    }
    requireUnused(token);
    requireUnexpired(token, nowMillis);
    requireAllowed(token, entry);
    requireUse(proposal, tokenKey, token, version(policy, tokenKey));
  }

  static TokenBody token(PolicySnapshot policy, ResourceKey key) throws PolicyException {
    Resource resource = policy.resources().get(key);
    if (resource == null) {
      throw MeshRules.denied("there is no such token; it was deleted, or is another mesh's");
    }
    return TokenBody.parse(key, resource.body());
  }

  static long version(PolicySnapshot policy, ResourceKey key) {
    Resource resource = policy.resources().get(key);
    return resource == null ? Change.ABSENT : resource.version();
  }

  static void requireSigned(TokenBody token, byte[] statement, byte[] signature)
      throws PolicyException {
    if (!TokenKey.verify(token.key().toArray(), statement, signature)) {
      throw MeshRules.denied("the token did not sign that");
    }
  }

  private static JoinStatement statement(Proof proof) throws PolicyException {
    try {
      return JoinStatement.parseFrom(proof.statement().toArray());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("the statement is damaged", e);
    }
  }

  private static Change nodeOf(Proposal proposal) throws PolicyException {
    List<Change> nodes =
        proposal.changes().stream()
            .filter(change -> change.key().kind().equals(AdmissionKind.NODE.text()))
            .toList();
    if (proposal.changes().size() != 2
        || nodes.size() != 1
        || nodes.get(0).body() == null
        || nodes.get(0).expected() != Change.ABSENT) {
      throw MeshRules.denied("a token admits one node at a time, and does nothing else");
    }
    return nodes.get(0);
  }

  private static void requireAsStated(JoinStatement statement, Roster.Entry entry)
      throws PolicyException {
    boolean same =
        NodeId.of(statement.getNode().toByteArray()).equals(entry.id())
            && statement.getName().equals(entry.name())
            && new TreeMap<>(statement.getLabelsMap()).equals(entry.labels());
    if (!same) {
      throw MeshRules.denied("the node is not what the token's holder said");
    }
  }

  static void requireUnused(TokenBody token) throws PolicyException {
    if (token.uses() == 0) {
      throw MeshRules.denied("the token is used up; ask an operator for another");
    }
  }

  private static void requireUnexpired(TokenBody token, long nowMillis) throws PolicyException {
    if (nowMillis > token.expiresMillis()) {
      throw MeshRules.denied(
          "the token expired at %s; ask an operator for another"
              .formatted(Instant.ofEpochMilli(token.expiresMillis())));
    }
  }

  private static void requireAllowed(TokenBody token, Roster.Entry entry) throws PolicyException {
    for (Map.Entry<String, String> label : entry.labels().entrySet()) {
      List<String> choices = token.labels().getOrDefault(label.getKey(), List.of());
      if (!choices.contains(label.getValue())) {
        throw MeshRules.denied(
            "the token does not allow %s=%s, but %s"
                .formatted(
                    label.getKey(),
                    label.getValue(),
                    choices.isEmpty() ? "nothing" : String.join(", ", choices)));
      }
    }
    for (Map.Entry<String, List<String>> must : token.labels().entrySet()) {
      if (!entry.labels().containsKey(must.getKey())) {
        throw MeshRules.denied(
            "the token wants a %s: one of %s"
                .formatted(must.getKey(), String.join(", ", must.getValue())));
      }
    }
  }

  private static void requireUse(
      Proposal proposal, ResourceKey tokenKey, TokenBody token, long version)
      throws PolicyException {
    boolean used = proposal.changes().contains(Change.put(tokenKey, token.used().text(), version));
    if (!used) {
      boolean overtaken =
          proposal.changes().stream()
              .anyMatch(change -> change.key().equals(tokenKey) && change.expected() < version);
      if (overtaken) {
        throw new PolicyException(
            PolicyException.Code.CONFLICT, "another joined with the same token just now");
      }
      throw MeshRules.denied("whoever joins takes one of the token's uses");
    }
  }
}
