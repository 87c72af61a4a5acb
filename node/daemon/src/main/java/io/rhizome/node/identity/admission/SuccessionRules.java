// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.identity.Roster;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.policy.ResourceKey;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A node's key vouches for the key that replaces it: same name, same labels, and it is revoked. */
public final class SuccessionRules {
  private static final String REASON = "replaced by the node itself";

  private SuccessionRules() {}

  /**
   * What replaces that node's key.
   *
   * @param version the policy version that last changed the node
   */
  public static List<Change> changes(Roster.Entry old, long version, PublicKey key) {
    Roster.Entry next =
        new Roster.Entry(old.name(), NodeId.ofPublicKey(key.getEncoded()), key, old.labels());
    List<Change> changes = new ArrayList<>();
    changes.add(Change.delete(AdmissionKind.NODE.key(old.id()), version));
    changes.add(Change.put(AdmissionKind.NODE.key(next.id()), EntryBody.of(next), Change.ABSENT));
    changes.add(
        Change.put(
            AdmissionKind.REVOKED.key(old.id()),
            new RevokedBody(old.name(), REASON).text(),
            Change.ABSENT));
    return sorted(changes);
  }

  static void check(PolicySnapshot policy, Proposal proposal) throws PolicyException {
    NodeId node = NodeId.parse(proposal.proof().subject());
    ResourceKey key = AdmissionKind.NODE.key(node);
    Resource resource = policy.resources().get(key);
    if (resource == null) {
      if (isDone(policy, proposal, node)) {
        return;
      }
      throw MeshRules.denied("node %s is not admitted".formatted(node.shortName()));
    }
    Roster.Entry old = EntryBody.parse(key, resource.body());
    if (!MeshRules.signedBy(old.key(), proposal)) {
      throw MeshRules.denied("node %s did not sign that".formatted(node.shortName()));
    }
    Change next =
        proposal.changes().stream()
            .filter(
                change ->
                    change.body() != null && change.key().kind().equals(AdmissionKind.NODE.text()))
            .findFirst()
            .orElseThrow(() -> MeshRules.denied("a node may replace its own key, nothing else"));
    PublicKey successor = EntryBody.parse(next.key(), String.valueOf(next.body())).key();
    if (!sorted(proposal.changes()).equals(changes(old, resource.version(), successor))) {
      throw MeshRules.denied("a node may replace its own key, nothing else");
    }
  }

  /** Nothing more can come of it: what it deletes does not exist. */
  private static boolean isDone(PolicySnapshot policy, Proposal proposal, NodeId old) {
    return policy.resources().containsKey(AdmissionKind.REVOKED.key(old))
        && proposal.changes().stream()
            .anyMatch(
                change ->
                    change.body() == null && change.key().equals(AdmissionKind.NODE.key(old)));
  }

  private static List<Change> sorted(List<Change> changes) {
    return changes.stream().sorted(Comparator.comparing(Change::key)).toList();
  }
}
