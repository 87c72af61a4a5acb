// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.identity.Admitted;
import io.rhizome.node.identity.PublicKeys;
import io.rhizome.node.identity.Roster;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.policy.ResourceKey;
import java.security.PublicKey;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who belongs, as one version of policy has it. Immutable; any thread. */
public final class Admissions implements Admitted {
  /** Nobody belongs. */
  public static final Admissions NONE = new Admissions(PolicySnapshot.EMPTY);

  private static final Logger log = LoggerFactory.getLogger(Admissions.class);

  private final PolicySnapshot policy;
  private final SortedMap<NodeId, Roster.Entry> nodes = new TreeMap<>();
  private final SortedMap<NodeId, Roster.Entry> operators = new TreeMap<>();

  private Admissions(PolicySnapshot policy) {
    this.policy = policy;
  }

  /** What follows from that policy. */
  public static Admissions of(PolicySnapshot policy) {
    return NONE.after(policy);
  }

  /** What follows from that policy, which came after this one: only what changed is read. */
  Admissions after(PolicySnapshot next) {
    SortedMap<ResourceKey, Resource> kept = new TreeMap<>(next.resources());
    kept.keySet().removeIf(key -> AdmissionKind.of(key.kind()).isEmpty());
    Admissions made = new Admissions(new PolicySnapshot(next.version(), kept));
    kept.forEach(
        (key, resource) -> {
          try {
            made.add(key, resource, this);
          } catch (IllegalArgumentException e) {
            // Another version of this program wrote it; the rest is true all the same.
            log.warn("policy has something that is not understood: {}", e.getMessage());
          }
        });
    return made;
  }

  private void add(ResourceKey key, Resource resource, Admissions before) {
    if (key.kind().equals(AdmissionKind.NODE.text())) {
      nodes.put(NodeId.parse(key.name()), entry(key, resource, before, before.nodes));
    } else if (key.kind().equals(AdmissionKind.OPERATOR.text())) {
      operators.put(NodeId.parse(key.name()), entry(key, resource, before, before.operators));
    }
  }

  private static Roster.Entry entry(
      ResourceKey key,
      Resource resource,
      Admissions before,
      SortedMap<NodeId, Roster.Entry> known) {
    Resource old = before.policy.resources().get(key);
    Roster.Entry same = known.get(NodeId.parse(key.name()));
    return same != null && old != null && old.body().equals(resource.body())
        ? same
        : EntryBody.parse(key, resource.body());
  }

  /** The same, where that node's key was replaced. */
  public Admissions withSuccessor(NodeId old, PublicKey key) {
    SortedMap<ResourceKey, Resource> resources = new TreeMap<>(policy.resources());
    Resource replaced = resources.remove(AdmissionKind.NODE.key(old));
    Roster.Entry entry = nodes.get(old);
    if (replaced == null || entry == null) {
      return this;
    }
    Roster.Entry next =
        new Roster.Entry(entry.name(), NodeId.ofPublicKey(key.getEncoded()), key, entry.labels());
    ResourceKey nextKey = AdmissionKind.NODE.key(next.id());
    resources.put(
        nextKey,
        new Resource(
            nextKey,
            replaced.version(),
            EntryBody.of(next),
            replaced.author(),
            replaced.stampMillis()));
    return of(new PolicySnapshot(policy.version(), resources));
  }

  /** The resources that this follows from, and no others. */
  public PolicySnapshot policy() {
    return policy;
  }

  /** What proposals must be for; empty where no mesh was founded yet. */
  public Optional<String> mesh() {
    return founding().map(FoundingBody::mesh);
  }

  /** The node that was the first voter. */
  public Optional<NodeId> founder() {
    return founding().map(FoundingBody::founder);
  }

  private Optional<FoundingBody> founding() {
    ResourceKey key = AdmissionKind.FOUNDING.only();
    return policy
        .get(key.kind(), key.name())
        .map(resource -> FoundingBody.parse(key, resource.body()));
  }

  /** What seals gossip, 32 bytes. */
  public Optional<Bytes> meshKey() {
    ResourceKey key = AdmissionKind.MESH_KEY.only();
    return policy
        .get(key.kind(), key.name())
        .map(resource -> MeshKeyBody.parse(key, resource.body()));
  }

  /** The policy version that last changed the mesh key. */
  public long meshKeyVersion() {
    Resource key = policy.resources().get(AdmissionKind.MESH_KEY.only());
    return key == null ? 0 : key.version();
  }

  /** The admitted nodes, ordered by id. */
  public Collection<Roster.Entry> nodes() {
    return Collections.unmodifiableCollection(nodes.values());
  }

  @Override
  public boolean isNode(NodeId id) {
    return nodes.containsKey(id);
  }

  @Override
  public boolean isOperator(NodeId id) {
    return operators.containsKey(id);
  }

  @Override
  public Optional<String> name(NodeId node) {
    return Optional.ofNullable(nodes.get(node)).map(Roster.Entry::name);
  }

  @Override
  public SortedMap<String, String> labels(NodeId node) {
    Roster.Entry entry = nodes.get(node);
    return entry == null ? Collections.emptySortedMap() : entry.labels();
  }

  @Override
  public boolean verify(NodeId signer, byte[] message, byte[] signature) {
    Roster.Entry entry = nodes.getOrDefault(signer, operators.get(signer));
    return entry != null && PublicKeys.verify(entry.key(), message, signature);
  }
}
