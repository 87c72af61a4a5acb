// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.access;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.InMemoryPolicyStore;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.node.policy.PolicyStatus;
import io.rhizome.node.policy.PolicyStore;
import io.rhizome.node.policy.PolicyWatcher;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ProposalId;
import io.rhizome.node.policy.ResourceKey;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/** Policy that anybody may write, and keys in it. */
public final class TestPolicy {
  private static final Proof NO_PROOF =
      new Proof(Proof.By.OPERATOR, "test", Bytes.EMPTY, Bytes.EMPTY);

  private final RandomGenerator random = new Random(1);
  private final PolicyStore store;
  private volatile long ageNanos;

  /** Empty; stamps of records are that wall clock's. */
  public TestPolicy(long stampMillis) {
    NodeId self = NodeId.ofPublicKey(new byte[] {7});
    store = new Aged(new InMemoryPolicyStore(self, (policy, proposal) -> {}, () -> stampMillis));
  }

  /** From now on policy is so old. */
  public void age(long nanos) {
    ageNanos = nanos;
  }

  private final class Aged implements PolicyStore {
    private final PolicyStore store;

    Aged(PolicyStore store) {
      this.store = store;
    }

    @Override
    public CompletionStage<Long> propose(Proposal proposal) {
      return store.propose(proposal);
    }

    @Override
    public PolicyImage image() {
      return store.image();
    }

    @Override
    public Runnable watch(long after, PolicyWatcher watcher) {
      return store.watch(after, watcher);
    }

    @Override
    public PolicyStatus status() {
      PolicyStatus now = store.status();
      return new PolicyStatus(
          now.role(), now.voters(), now.leader(), now.term(), now.version(), ageNanos);
    }

    @Override
    public void close() {
      store.close();
    }
  }

  /** The store itself. */
  public PolicyStore store() {
    return store;
  }

  /** Puts a resource. */
  public void put(String kind, String name, String body) {
    propose(Change.put(new ResourceKey(kind, name), body, Change.ANY));
  }

  /** Deletes a resource. */
  public void delete(String kind, String name) {
    propose(Change.delete(new ResourceKey(kind, name), Change.ANY));
  }

  private void propose(Change change) {
    ProposalId id = ProposalId.random(random);
    Long unused =
        store
            .propose(
                new Proposal(id, "mesh", store.snapshot().version(), List.of(change), NO_PROOF))
            .toCompletableFuture()
            .join();
  }

  /** A new key of that tenant, which is declared without limits; returns what its holder has. */
  public String key(String tenant, Role role) {
    put("Tenant", tenant, "{}");
    return key(tenant, role, "", ApiKey.NEVER);
  }

  String key(String tenant, Role role, String origin, long expiresMillis) {
    KeyText text = KeyText.draw(random);
    ApiKey key =
        new ApiKey(
            text.id(),
            "test",
            tenant,
            role,
            origin,
            expiresMillis,
            ApiKey.By.SECRET,
            ApiKey.sha256(text.secret()));
    put(ApiKey.KIND, key.id(), key.body());
    return text.text();
  }

  /** A new key of a tenant that is declared, for whoever has that certificate. */
  void certificate(String tenant, Role role, Bytes hash) {
    String id = KeyText.draw(random).id();
    ApiKey key =
        new ApiKey(id, "test", tenant, role, "", ApiKey.NEVER, ApiKey.By.CERTIFICATE, hash);
    put(ApiKey.KIND, id, key.body());
  }
}
