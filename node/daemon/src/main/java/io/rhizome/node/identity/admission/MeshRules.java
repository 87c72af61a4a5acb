// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.identity.PublicKeys;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicyException.Code;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ProposalGuard;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.policy.ResourceKey;
import java.security.PublicKey;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What may be written into policy, by whom. Any thread; does not block.
 *
 * <pre>
 * proof      may
 * OPERATOR   everything that is well formed, but not take the last operator or node away
 * TOKEN      admit one node, and use the token once: see {@link JoinRules}
 * NODE       found the mesh, exactly as the first nodes' files say, while it is not founded;
 *            replace its own key: see {@link SuccessionRules}
 * </pre>
 *
 * <p>A proposal that is repeated after it was committed passes too, where nothing more can come of
 * it: the policy machine then answers as it did at first.
 */
public final class MeshRules implements ProposalGuard {
  private final String mesh;
  private final @Nullable Founding founding;
  private final ResourceCheck declared;
  private final LongSupplier wallMillis;

  /** Checks what is not of these kinds. */
  @FunctionalInterface
  public interface ResourceCheck {
    /** Passes the change, or says why not. */
    void check(Change change) throws PolicyException;
  }

  /**
   * Rules for one mesh.
   *
   * @param founding what the first nodes' files make; null on a node that joined later
   * @param declared what other kinds must be like
   * @param wallMillis the wall clock, Unix milliseconds; only tokens' expiry depends on it
   */
  public MeshRules(
      String mesh, @Nullable Founding founding, ResourceCheck declared, LongSupplier wallMillis) {
    this.mesh = mesh;
    this.founding = founding;
    this.declared = declared;
    this.wallMillis = wallMillis;
  }

  @Override
  public void check(PolicySnapshot policy, Proposal proposal) throws PolicyException {
    if (!proposal.mesh().equals(mesh)) {
      throw denied("the proposal is for mesh %s, this is %s".formatted(proposal.mesh(), mesh));
    }
    try {
      if (isFounding(proposal)) {
        checkFounding(policy, proposal);
        return;
      }
      if (resource(policy, AdmissionKind.FOUNDING.only()).isEmpty()) {
        throw new PolicyException(
            Code.NO_QUORUM, "the mesh is being founded; try again in a moment");
      }
      switch (proposal.proof().by()) {
        case OPERATOR -> checkOperator(policy, proposal);
        case NODE -> SuccessionRules.check(policy, proposal);
        case TOKEN -> JoinRules.check(policy, proposal, mesh, wallMillis.getAsLong());
      }
      for (Change change : proposal.changes()) {
        checkChange(policy, proposal, change);
      }
      EntryRules.check(policy, proposal);
    } catch (IllegalArgumentException e) {
      throw new PolicyException(Code.INVALID, String.valueOf(e.getMessage()), e);
    }
  }

  private static boolean isFounding(Proposal proposal) {
    return proposal.changes().stream()
        .anyMatch(change -> change.key().equals(AdmissionKind.FOUNDING.only()));
  }

  private void checkFounding(PolicySnapshot policy, Proposal proposal) throws PolicyException {
    Founding expected = founding;
    if (expected == null || !proposal.changes().equals(expected.changes())) {
      throw denied("this is not how the mesh is founded; the first nodes' files must be the same");
    }
    if (resource(policy, AdmissionKind.FOUNDING.only()).isPresent()) {
      // Nothing can come of it: it expects that there is no founding.
      return;
    }
    requireSignature(Admissions.of(expected.policy()), proposal);
  }

  private static void requireSignature(Admissions first, Proposal proposal) throws PolicyException {
    Proof proof = proposal.proof();
    NodeId node = NodeId.parse(proof.subject());
    if (proof.by() != Proof.By.NODE
        || !first.isNode(node)
        || !first.verify(node, proposal.signedBytes().toArray(), proof.signature().toArray())) {
      throw denied("none of the first nodes signed the founding");
    }
  }

  private static void checkOperator(PolicySnapshot policy, Proposal proposal)
      throws PolicyException {
    ResourceKey key = AdmissionKind.OPERATOR.key(NodeId.parse(proposal.proof().subject()));
    Optional<Resource> operator = resource(policy, key);
    if (operator.isEmpty()
        || !signedBy(EntryBody.parse(key, operator.get().body()).key(), proposal)) {
      throw denied("no operator of this mesh signed the proposal");
    }
  }

  /** Whether the holder of that key signed it. */
  static boolean signedBy(PublicKey key, Proposal proposal) {
    return PublicKeys.verify(
        key, proposal.signedBytes().toArray(), proposal.proof().signature().toArray());
  }

  private void checkChange(PolicySnapshot policy, Proposal proposal, Change change)
      throws PolicyException {
    Optional<AdmissionKind> kind = AdmissionKind.of(change.key().kind());
    String body = change.body();
    if (kind.isEmpty()) {
      declared.check(change);
    } else if (body == null) {
      if (kind.get() == AdmissionKind.MESH_KEY) {
        throw denied("there must be a mesh key; replace it with: rhizome rotate-key");
      }
    } else {
      switch (kind.get()) {
        case NODE, OPERATOR -> EntryRules.checkPut(policy, proposal, change.key(), body);
        case TOKEN -> TokenBody.parse(change.key(), body);
        case REVOKED -> RevokedBody.parse(change.key(), body);
        case MESH_KEY -> {
          if (!change.key().equals(AdmissionKind.MESH_KEY.only())) {
            throw denied("there is one mesh key: " + AdmissionKind.MESH_KEY.only());
          }
          MeshKeyBody.parse(change.key(), body);
        }
        case FOUNDING -> throw denied("a mesh is founded once");
      }
    }
  }

  static Optional<Resource> resource(PolicySnapshot policy, ResourceKey key) {
    return Optional.ofNullable(policy.resources().get(key));
  }

  static PolicyException denied(String why) {
    return new PolicyException(Code.DENIED, why);
  }
}
