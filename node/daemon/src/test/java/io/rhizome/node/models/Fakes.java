// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.Residency;
import io.rhizome.node.executor.Executor;
import io.rhizome.node.executor.InferenceException;
import io.rhizome.store.Chunk;
import io.rhizome.store.ChunkIndex;
import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import io.rhizome.store.SignedManifest;
import io.rhizome.store.TensorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Stand-ins for the rest of a node. */
final class Fakes {
  private static final byte[] OPERATOR = new byte[32];
  private static final byte[] STRANGER = new byte[32];

  static {
    Arrays.fill(OPERATOR, (byte) 1);
    Arrays.fill(STRANGER, (byte) 2);
  }

  private Fakes() {}

  static NodeId node(int number) {
    byte[] bytes = new byte[NodeId.BYTES];
    bytes[0] = (byte) number;
    return NodeId.of(bytes);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static boolean trusted(byte[] signer, Digest id, byte[] signature) {
    return Arrays.equals(signer, OPERATOR);
  }

  static SignedManifest signed(String name, long version, String... contents) {
    return model(OPERATOR, name, version, contents);
  }

  static SignedManifest signedByAStranger(String name, long version, String... contents) {
    return model(STRANGER, name, version, contents);
  }

  /** A model of files {@code file0}, {@code file1} ... with these contents. */
  private static SignedManifest model(
      byte[] signer, String name, long version, String... contents) {
    List<Manifest.File> files = new ArrayList<>();
    for (String content : contents) {
      byte[] bytes = bytes(content);
      files.add(new Manifest.File("file" + files.size(), bytes.length, Digest.sha256(bytes)));
    }
    List<TensorSpec> tensors = List.of(TensorSpec.parse("x:FP32[-1]"));
    Manifest manifest =
        new Manifest(name, version, "echo", files, tensors, tensors, new TreeMap<>());
    return new SignedManifest(manifest, ManifestJson.encode(manifest), signer, new byte[70]);
  }

  static <T> T done(CompletableFuture<T> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future.get(30, TimeUnit.SECONDS);
  }

  static ModelException failure(CompletableFuture<?> future) {
    try {
      throw new AssertionError("succeeded with " + done(future));
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(ModelException.class);
      return (ModelException) Objects.requireNonNull(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** A membership of node 0, this node, and peers. */
  static final class Membership {
    private final SortedMap<NodeId, Member> members = new TreeMap<>();

    Membership() {
      put(0, Member.Status.ALIVE, 0);
    }

    /** A peer that holds these; lower numbers are nearer. */
    Membership holder(int number, SignedManifest... held) {
      return put(number, Member.Status.ALIVE, number, held);
    }

    Membership dead(int number, SignedManifest... held) {
      return put(number, Member.Status.DEAD, number, held);
    }

    MembershipView view() {
      return new MembershipView(node(0), 1, members);
    }

    private Membership put(
        int number, Member.Status status, long rttNanos, SignedManifest... held) {
      List<Residency> models =
          Arrays.stream(held)
              .map(
                  m ->
                      new Residency(
                          m.manifest().name(),
                          m.manifest().version(),
                          m.id().toString(),
                          Residency.State.STORED))
              .toList();
      Endpoint address = new Endpoint("127.0.0.1", 1);
      NodeState state = new NodeState(address, address, "", new TreeMap<>(), models);
      members.put(node(number), new Member(node(number), status, 1, state, rttNanos));
      return this;
    }
  }

  /** Peers that answer with what they were given, or with lies. */
  static final class Source implements ModelSource {
    private static final int CHUNK_BYTES = 3;

    final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final SortedMap<NodeId, SortedMap<Digest, SignedManifest>> manifests =
        new ConcurrentSkipListMap<>();
    private final SortedMap<NodeId, SortedMap<Digest, byte[]>> files =
        new ConcurrentSkipListMap<>();
    private final SortedSet<NodeId> flipping = new ConcurrentSkipListSet<>();

    Source manifest(int node, Digest id, SignedManifest answer) {
      manifests.computeIfAbsent(node(node), n -> new ConcurrentSkipListMap<>()).put(id, answer);
      return this;
    }

    Source file(int node, Digest digest, String answer) {
      files
          .computeIfAbsent(node(node), n -> new ConcurrentSkipListMap<>())
          .put(digest, bytes(answer));
      return this;
    }

    /** An honest holder of that model. */
    Source holder(int node, SignedManifest model, String... contents) {
      manifest(node, model.id(), model);
      for (String content : contents) {
        file(node, Digest.sha256(bytes(content)), content);
      }
      return this;
    }

    @Override
    public CompletionStage<SignedManifest> manifest(NodeId holder, Digest id) {
      asked.add("manifest from " + holder.bytes()[0]);
      SignedManifest answer = manifests.getOrDefault(holder, new TreeMap<>()).get(id);
      return answer == null
          ? CompletableFuture.failedFuture(new IOException("connection refused"))
          : CompletableFuture.completedFuture(answer);
    }

    /** A peer whose index is right and whose chunks each have one bit flipped. */
    Source flipping(int node) {
      flipping.add(node(node));
      return this;
    }

    @Override
    public CompletionStage<ChunkIndex> index(NodeId holder, Manifest.File file) {
      asked.add("index of " + file.name() + " from " + holder.bytes()[0]);
      byte[] content = files.getOrDefault(holder, new TreeMap<>()).get(file.digest());
      if (content == null || content.length != file.bytes()) {
        return CompletableFuture.failedFuture(new IOException("connection reset"));
      }
      List<Chunk> chunks = new ArrayList<>();
      for (int at = 0; at < content.length; at += CHUNK_BYTES) {
        int length = Math.min(CHUNK_BYTES, content.length - at);
        chunks.add(new Chunk(at, length, Digest.sha256(ByteBuffer.wrap(content, at, length))));
      }
      return CompletableFuture.completedFuture(new ChunkIndex(chunks));
    }

    @Override
    public CompletionStage<Fetched> chunk(NodeId holder, Digest file, Chunk chunk) {
      asked.add("chunk at " + chunk.offset() + " from " + holder.bytes()[0]);
      byte[] content = files.getOrDefault(holder, new TreeMap<>()).get(file);
      if (content == null) {
        return CompletableFuture.failedFuture(new IOException("connection reset"));
      }
      byte[] bytes =
          Arrays.copyOfRange(content, (int) chunk.offset(), (int) chunk.offset() + chunk.length());
      if (!Digest.sha256(bytes).equals(chunk.digest())) {
        return CompletableFuture.failedFuture(new IOException("no such chunk"));
      }
      if (flipping.contains(holder)) {
        bytes[0] ^= 1;
      }
      return CompletableFuture.supplyAsync(() -> new Fetched(ByteBuffer.wrap(bytes), false));
    }
  }

  /** Remembers what it was given to load, with the files' contents at that moment. */
  static final class Engine implements Executor {
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    volatile InferenceException.@Nullable Code failure;

    @Override
    public CompletionStage<Void> load(Digest id, Manifest manifest, Path directory) {
      StringBuilder call = new StringBuilder("load ");
      call.append(manifest.name()).append(' ').append(manifest.version());
      try {
        for (Manifest.File file : manifest.files()) {
          call.append(' ').append(Files.readString(directory.resolve(file.name())));
        }
      } catch (IOException e) {
        return CompletableFuture.failedFuture(e);
      }
      calls.add(call.toString());
      InferenceException.Code code = failure;
      return code == null
          ? CompletableFuture.completedFuture(null)
          : CompletableFuture.failedFuture(new InferenceException(code, "as told"));
    }

    @Override
    public CompletionStage<Void> unload(Digest id) {
      calls.add("unload");
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public Cancellable infer(Inference request, Responses responses) {
      throw new UnsupportedOperationException("no inference here");
    }

    @Override
    public void close() {}
  }
}
