// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import com.google.protobuf.ByteString;
import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.JoinRequest;
import io.rhizome.mesh.v1.JoinStatement;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.MeshKey;
import io.rhizome.node.identity.Proposals;
import io.rhizome.node.identity.Roster;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.InMemoryPolicyStore;
import io.rhizome.node.policy.PolicyStore;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ProposalId;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.policy.ResourceKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** A mesh of two nodes and an operator, whose policy is in memory and goes by the real rules. */
final class FoundedMesh {
  static final long NOW_MILLIS = 1_800_000_000_000L;

  final AtomicLong wallMillis = new AtomicLong(NOW_MILLIS);
  final AtomicLong nanos = new AtomicLong();
  final Identity first;
  final Identity second;
  final Identity operator;
  final Founding founding;
  final PolicyStore store;
  final JoinDesk desk;
  private final Path dir;
  private final Random random = new Random(1);

  FoundedMesh(Path dir) throws IOException {
    this.dir = dir;
    first = identity("first");
    second = identity("second");
    operator = identity("operator");
    MeshKey.create(dir.resolve("mesh.key"));
    founding =
        Founding.of(
            new Roster(
                List.of(
                    Roster.Entry.of("node-1", first, labels("region", "eu")),
                    Roster.Entry.of("node-2", second, new TreeMap<>())),
                List.of(Roster.Entry.of("operator", operator, new TreeMap<>()))),
            MeshKey.load(dir.resolve("mesh.key")));
    MeshRules rules =
        new MeshRules(founding.mesh(), founding, FoundedMesh::declared, wallMillis::get);
    store = new InMemoryPolicyStore(first.nodeId(), rules, wallMillis::get);
    desk = new JoinDesk(first.nodeId(), store, nanos::get);
  }

  private static void declared(Change change) {}

  static SortedMap<String, String> labels(String... pairs) {
    SortedMap<String, String> labels = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      labels.put(pairs[i], pairs[i + 1]);
    }
    return labels;
  }

  Identity identity(String name) throws IOException {
    return Identity.loadOrCreate(dir.resolve(name + ".key"));
  }

  void found() {
    store.propose(founding.proposal(first, 0, random)).toCompletableFuture().join();
  }

  ProposalId id() {
    return ProposalId.random(random);
  }

  long version(ResourceKey key) {
    Resource resource = store.snapshot().resources().get(key);
    return resource == null ? Change.ABSENT : resource.version();
  }

  String body(ResourceKey key) {
    return store.snapshot().get(key.kind(), key.name()).orElseThrow().body();
  }

  /** Proposes as that key's holder; fails as the store does. */
  void propose(Identity signer, Proof.By by, Change... changes) {
    store
        .propose(
            Proposals.sign(
                signer, by, id(), founding.mesh(), store.snapshot().version(), List.of(changes)))
        .toCompletableFuture()
        .join();
  }

  /** A new token in policy. */
  TokenKey token(int uses, String... claims) {
    TokenKey key = new TokenKey(TokenKey.newSeed());
    SortedMap<String, List<String>> labels = new TreeMap<>();
    for (int i = 0; i < claims.length; i += 2) {
      labels.put(claims[i], List.of(claims[i + 1].split(",", -1)));
    }
    TokenBody body = new TokenBody(NOW_MILLIS + 60_000, Bytes.of(key.publicKey()), labels, uses);
    propose(
        operator,
        Proof.By.OPERATOR,
        Change.put(AdmissionKind.TOKEN.key(key.id()), body.text(), Change.ABSENT));
    return key;
  }

  JoinRequest request(
      TokenKey token, Identity joiner, String name, Map<String, String> labels, byte[] nonce) {
    return request(token, joiner.nodeId(), first.nodeId(), name, labels, nonce);
  }

  JoinRequest request(
      TokenKey token,
      NodeId joiner,
      NodeId seed,
      String name,
      Map<String, String> labels,
      byte[] nonce) {
    byte[] statement =
        JoinStatement.newBuilder()
            .setMesh(founding.mesh())
            .setNode(ByteString.copyFrom(joiner.bytes()))
            .setSeed(ByteString.copyFrom(seed.bytes()))
            .setNonce(ByteString.copyFrom(nonce))
            .setName(name)
            .putAllLabels(labels)
            .build()
            .toByteArray();
    return JoinRequest.newBuilder()
        .setStatement(ByteString.copyFrom(statement))
        .setSignature(ByteString.copyFrom(token.sign(statement)))
        .setTokenId(token.id())
        .build();
  }

  /** The whole way in; fails as the desk does. */
  void join(TokenKey token, Identity joiner, String name, String... labels) {
    join(joiner, request(token, joiner, name, labels(labels), desk.challenge()));
  }

  void join(Identity joiner, JoinRequest request) {
    desk.join(joiner.publicKey(), request).toCompletableFuture().join();
  }

  Admissions admissions() {
    return Admissions.of(store.snapshot());
  }

  Proposal joinProposal(JoinRequest request, Change... changes) {
    return new Proposal(
        id(),
        founding.mesh(),
        store.snapshot().version(),
        List.of(changes),
        new Proof(
            Proof.By.TOKEN,
            request.getTokenId(),
            Bytes.of(request.getStatement().toByteArray()),
            Bytes.of(request.getSignature().toByteArray())));
  }
}
