// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.FetchAnswerRequest;
import io.rhizome.mesh.v1.FetchJobRequest;
import io.rhizome.mesh.v1.GetPartRequest;
import io.rhizome.mesh.v1.GetPartResponse;
import io.rhizome.mesh.v1.JobPart;
import io.rhizome.mesh.v1.KeepAnswerRequest;
import io.rhizome.mesh.v1.KeepJobResponse;
import io.rhizome.mesh.v1.SiteServiceGrpc;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.jobs.JobId;
import io.rhizome.node.jobs.Journal;
import io.rhizome.node.jobs.JournalEntry;
import io.rhizome.node.jobs.SitePeers;
import io.rhizome.node.jobs.ignite.Neighbour;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.store.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The other nodes of this node's site: those with the same label {@code site}, as gossip knows
 * them. A node without the label is a site of its own. {@link SiteJobService} is the other end.
 */
public final class GrpcSitePeers implements SitePeers {
  private static final long ASK_SECONDS = 2;
  private static final long CALL_SECONDS = 5;

  /** A node that says nothing for so long is not taken by its last word. */
  private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(4);

  private static final long BYTES_PER_SECOND = 1 << 20;
  private static final long MAX_ANSWER_BYTES = 16 << 20;

  private final MeshChannels channels;
  private final Supplier<MembershipView> membership;
  private final String site;
  private final ConcurrentMap<NodeId, Said> said = new ConcurrentHashMap<>();

  private record Said(Neighbour.Part part, long atNanos) {}

  /**
   * Peers over these channels.
   *
   * @param site this node's label; empty for a site of its own
   */
  public GrpcSitePeers(MeshChannels channels, Supplier<MembershipView> membership, String site) {
    this.channels = channels;
    this.membership = membership;
    this.site = site;
  }

  /** Whether that node is of this site. Any thread; does not block. */
  public boolean isOfSite(NodeId node) {
    Member member = membership.get().members().get(node);
    return !site.isEmpty() && member != null && site.equals(SiteMessages.site(member));
  }

  private SortedMap<String, NodeId> members() {
    MembershipView view = membership.get();
    SortedMap<String, NodeId> found = new TreeMap<>();
    view.members()
        .forEach(
            (id, member) -> {
              if (!id.equals(view.self()) && member.status().usable() && isOfSite(id)) {
                found.put(id.toString(), id);
              }
            });
    return found;
  }

  /** What they said last. Any thread; does not block. */
  public Collection<Neighbour> neighbours() {
    List<Neighbour> neighbours = new ArrayList<>();
    members()
        .forEach(
            (name, id) ->
                neighbours.add(
                    new Neighbour(name, Optional.ofNullable(fresh(id)).map(Said::part))));
    return neighbours;
  }

  private @Nullable Said fresh(NodeId id) {
    Said last = said.get(id);
    return last != null && System.nanoTime() - last.atNanos() < STALE_NANOS ? last : null;
  }

  @Override
  public SortedSet<String> reached() {
    SortedSet<String> reached = new TreeSet<>();
    members()
        .forEach(
            (name, id) -> {
              if (fresh(id) != null) {
                reached.add(name);
              }
            });
    return reached;
  }

  /** Asks each for its part; does not block. To be called once a second or so. */
  public void ask() {
    SortedMap<String, NodeId> members = members();
    said.keySet().retainAll(members.values());
    for (NodeId id : members.values()) {
      ManagedChannel channel = channels.to(id);
      if (channel != null) {
        SiteServiceGrpc.newStub(channel)
            .withDeadlineAfter(ASK_SECONDS, TimeUnit.SECONDS)
            .getPart(GetPartRequest.getDefaultInstance(), new Hearing(id));
      }
    }
  }

  private final class Hearing implements StreamObserver<GetPartResponse> {
    private final NodeId id;

    Hearing(NodeId id) {
      this.id = id;
    }

    @Override
    public void onNext(GetPartResponse answer) {
      try {
        said.put(id, new Said(SiteMessages.fromMessage(answer), System.nanoTime()));
      } catch (MalformedException e) {
        said.remove(id);
      }
    }

    @Override
    public void onError(Throwable error) {
      // What it said last gets old, unless it takes no part.
      if (Status.fromThrowable(error).getCode() == Status.Code.UNIMPLEMENTED) {
        said.remove(id);
      }
    }

    @Override
    public void onCompleted() {}
  }

  private ManagedChannel channel(String peer) throws IOException {
    NodeId id = members().get(peer);
    ManagedChannel channel = id == null ? null : channels.to(id);
    if (channel == null) {
      throw new IOException("node " + peer + " is not reached");
    }
    return channel;
  }

  private SiteServiceGrpc.SiteServiceBlockingStub stub(String peer, long bytes) throws IOException {
    return SiteServiceGrpc.newBlockingStub(channel(peer))
        .withDeadlineAfter(seconds(bytes), TimeUnit.SECONDS);
  }

  private static long seconds(long bytes) {
    return CALL_SECONDS + bytes / BYTES_PER_SECOND;
  }

  @Override
  public void keep(String peer, JournalEntry entry, Journal from) throws IOException {
    Sending<JobPart, KeepJobResponse> sending = new Sending<>();
    SiteServiceGrpc.newStub(channel(peer))
        .withDeadlineAfter(seconds(entry.bytes()), TimeUnit.SECONDS)
        .keepJob(sending);
    JobPart first =
        JobPart.newBuilder().setEntry(UnsafeByteOperations.unsafeWrap(entry.encode())).build();
    try {
      var unused =
          sending.run(
              taker -> {
                taker.take(first);
                from.read(entry, piece -> taker.take(message(piece)));
              },
              seconds(entry.bytes()) + 1);
    } catch (IOException e) {
      throw new IOException(peer + ": " + e.getMessage(), e);
    }
  }

  private static JobPart message(ByteBuffer items) {
    return JobPart.newBuilder().setItems(UnsafeByteOperations.unsafeWrap(items)).build();
  }

  @Override
  public boolean fetch(String peer, JobId id, Journal into) throws IOException, JobException {
    FetchJobRequest request = FetchJobRequest.newBuilder().setId(id.text()).build();
    try {
      Iterator<JobPart> parts = stub(peer, Integer.MAX_VALUE).fetchJob(request);
      JournalEntry entry = JournalEntry.decode(parts.next().getEntry().toByteArray());
      if (!entry.job().id().equals(id)) {
        throw new IOException(peer + " sent another job than " + id);
      }
      try (Journal.Arrival arrival = into.receive(entry)) {
        while (parts.hasNext()) {
          arrival.add(parts.next().getItems().asReadOnlyByteBuffer());
        }
        arrival.commit();
      }
      return true;
    } catch (StatusRuntimeException e) {
      return notFound(peer, e);
    } catch (IllegalArgumentException e) {
      throw new IOException(peer + " sent what is no job", e);
    }
  }

  /** False where the peer just has none. */
  private static boolean notFound(String peer, StatusRuntimeException e) throws IOException {
    if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
      return false;
    }
    throw new IOException(peer + ": " + e.getStatus().getDescription(), e);
  }

  @Override
  public void keepAnswer(String peer, JobId id, Digest digest, byte[] answer) throws IOException {
    try {
      var unused =
          stub(peer, answer.length)
              .keepAnswer(
                  KeepAnswerRequest.newBuilder()
                      .setJob(id.text())
                      .setDigest(ByteString.copyFrom(digest.bytes()))
                      .setAnswer(UnsafeByteOperations.unsafeWrap(answer))
                      .build());
    } catch (StatusRuntimeException e) {
      throw new IOException(peer + ": " + e.getStatus().getDescription(), e);
    }
  }

  @Override
  public Optional<byte[]> answer(String peer, JobId id, Digest digest) throws IOException {
    FetchAnswerRequest request =
        FetchAnswerRequest.newBuilder()
            .setJob(id.text())
            .setDigest(ByteString.copyFrom(digest.bytes()))
            .build();
    try {
      byte[] answer = stub(peer, MAX_ANSWER_BYTES).fetchAnswer(request).getAnswer().toByteArray();
      return Digest.sha256(answer).equals(digest) ? Optional.of(answer) : Optional.empty();
    } catch (StatusRuntimeException e) {
      var unused = notFound(peer, e);
      return Optional.empty();
    }
  }
}
