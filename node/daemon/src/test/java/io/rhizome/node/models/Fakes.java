// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.Residency;
import io.rhizome.node.executor.Executor;
import io.rhizome.node.executor.InferenceException;
import io.rhizome.store.BlobWriter;
import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import io.rhizome.store.SignedManifest;
import io.rhizome.store.TensorSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongConsumer;
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
      NodeState state = new NodeState(address, address, new TreeMap<>(), models);
      members.put(node(number), new Member(node(number), status, 1, state, rttNanos));
      return this;
    }
  }

  /** Peers that answer with what they were given, or with lies. */
  static final class Source implements ModelSource {
    final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final SortedMap<NodeId, SortedMap<Digest, SignedManifest>> manifests =
        new ConcurrentSkipListMap<>();
    private final SortedMap<NodeId, SortedMap<Digest, byte[]>> files =
        new ConcurrentSkipListMap<>();

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

    @Override
    public CompletionStage<Void> file(
        NodeId holder, Manifest.File file, BlobWriter sink, LongConsumer progress) {
      asked.add(file.name() + " from " + holder.bytes()[0]);
      byte[] answer = files.getOrDefault(holder, new TreeMap<>()).get(file.digest());
      if (answer == null) {
        return CompletableFuture.failedFuture(new IOException("connection reset"));
      }
      return CompletableFuture.runAsync(
          () -> {
            try {
              sink.write(ByteBuffer.wrap(answer));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            progress.accept(answer.length);
          });
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
    public Busy busy() {
      return new Busy(0, 1, 0, 0);
    }

    @Override
    public void close() {}
  }
}
