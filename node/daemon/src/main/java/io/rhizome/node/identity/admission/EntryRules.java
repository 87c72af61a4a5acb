// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import io.rhizome.node.identity.Roster;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.policy.ResourceKey;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** What holds of nodes and operators whoever admits them. */
final class EntryRules {
  private EntryRules() {}

  /** No name is given twice, and no revoked key comes back. */
  static void checkPut(PolicySnapshot policy, Proposal proposal, ResourceKey key, String body)
      throws PolicyException {
    Roster.Entry entry = EntryBody.parse(key, body);
    ResourceKey revoked = AdmissionKind.REVOKED.key(entry.id());
    if (policy.resources().containsKey(revoked)
        || proposal.changes().stream().anyMatch(change -> change.key().equals(revoked))) {
      throw MeshRules.denied(
          "the key of '%s' was revoked; give it a new one".formatted(entry.name()));
    }
    for (ResourceKey other : remaining(policy, proposal, key.kind())) {
      Resource held = policy.resources().get(other);
      if (held != null && !other.equals(key) && named(other, held.body(), entry.name())) {
        throw MeshRules.denied(
            "the name '%s' is taken, by %s; choose another".formatted(entry.name(), other));
      }
    }
    for (Change change : proposal.changes()) {
      String put = change.body();
      if (put != null
          && change.key().kind().equals(key.kind())
          && !change.key().equals(key)
          && named(change.key(), put, entry.name())) {
        throw MeshRules.denied("the name '%s' is given twice".formatted(entry.name()));
      }
    }
  }

  private static boolean named(ResourceKey key, String body, String name) {
    return Body.read(key, body).path("name").asText().equals(name);
  }

  /** Somebody must remain who can admit others, and somebody who votes; who is revoked goes. */
  static void check(PolicySnapshot policy, Proposal proposal) throws PolicyException {
    for (Change change : proposal.changes()) {
      if (change.body() != null && change.key().kind().equals(AdmissionKind.REVOKED.text())) {
        requireGone(policy, proposal, change.key().name());
      }
    }
    for (AdmissionKind kind : List.of(AdmissionKind.OPERATOR, AdmissionKind.NODE)) {
      boolean takes =
          proposal.changes().stream()
              .anyMatch(change -> change.body() == null && change.key().kind().equals(kind.text()));
      boolean gives =
          proposal.changes().stream()
              .anyMatch(change -> change.body() != null && change.key().kind().equals(kind.text()));
      if (takes && !gives && remaining(policy, proposal, kind.text()).isEmpty()) {
        throw MeshRules.denied(
            "the last %s cannot be taken away; admit another first"
                .formatted(kind == AdmissionKind.NODE ? "node" : "operator"));
      }
    }
  }

  private static void requireGone(PolicySnapshot policy, Proposal proposal, String id)
      throws PolicyException {
    for (AdmissionKind kind : List.of(AdmissionKind.OPERATOR, AdmissionKind.NODE)) {
      if (remaining(policy, proposal, kind.text()).contains(kind.key(id))) {
        throw MeshRules.denied(
            "%s is revoked, so it must be deleted with it".formatted(kind.key(id)));
      }
    }
  }

  /** Those of a kind that the proposal does not take away. */
  private static SortedSet<ResourceKey> remaining(
      PolicySnapshot policy, Proposal proposal, String kind) {
    SortedSet<ResourceKey> keys =
        new TreeSet<>(
            policy
                .resources()
                .subMap(new ResourceKey(kind, "0"), new ResourceKey(kind + "Z", "0"))
                .keySet());
    keys.removeIf(key -> !key.kind().equals(kind));
    proposal.changes().stream()
        .filter(change -> change.body() == null)
        .forEach(change -> keys.remove(change.key()));
    return keys;
  }
}
