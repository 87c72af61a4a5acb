// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import io.rhizome.node.config.ConfigException;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.MeshKey;
import io.rhizome.node.identity.Proposals;
import io.rhizome.node.identity.Roster;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyLimits;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ProposalId;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.policy.ResourceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * How a mesh begins: what its first nodes were given in files becomes policy, once. All of them
 * have the same files, so each voter knows what the founding must be and lets nothing else pass.
 *
 * @param mesh the mesh's id
 * @param changes the founding, the same whoever makes it of the same files
 */
public record Founding(String mesh, List<Change> changes) {
  public Founding {
    changes = List.copyOf(changes);
  }

  /** The founding of these files; {@link ConfigException} names what does not fit. */
  public static Founding of(Roster roster, MeshKey key) {
    List<Change> changes = new ArrayList<>();
    put(
        changes,
        AdmissionKind.FOUNDING.only(),
        new FoundingBody(roster.founder(), key.meshId()).text());
    put(changes, AdmissionKind.MESH_KEY.only(), MeshKeyBody.of(key.bytes()));
    try {
      roster
          .nodes()
          .forEach(node -> put(changes, AdmissionKind.NODE.key(node.id()), EntryBody.of(node)));
      roster
          .operators()
          .forEach(one -> put(changes, AdmissionKind.OPERATOR.key(one.id()), EntryBody.of(one)));
    } catch (IllegalArgumentException e) {
      throw new ConfigException("the roster: " + e.getMessage(), e);
    }
    if (changes.size() > PolicyLimits.MAX_CHANGES) {
      throw new ConfigException(
          "a mesh is founded by at most %d nodes and operators, the roster has %d; let the others"
                  .formatted(PolicyLimits.MAX_CHANGES - 2, changes.size() - 2)
              + " join with a token");
    }
    return new Founding(key.meshId(), changes);
  }

  private static void put(List<Change> changes, ResourceKey key, String body) {
    changes.add(Change.put(key, body, Change.ABSENT));
  }

  /** Who belongs until policy says more: what the founding will have made. */
  public PolicySnapshot policy() {
    SortedMap<ResourceKey, Resource> resources = new TreeMap<>();
    for (Change change : changes) {
      String body = change.body();
      if (body != null) {
        resources.put(change.key(), new Resource(change.key(), 0, body, "", 0));
      }
    }
    return new PolicySnapshot(0, resources);
  }

  /** The proposal that founds, signed by one of the first nodes. */
  public Proposal proposal(Identity node, long basis, RandomGenerator random) {
    return Proposals.sign(node, Proof.By.NODE, ProposalId.random(random), mesh, basis, changes);
  }
}
