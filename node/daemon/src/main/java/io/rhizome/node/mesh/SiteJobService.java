// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.FetchAnswerRequest;
import io.rhizome.mesh.v1.FetchAnswerResponse;
import io.rhizome.mesh.v1.FetchJobRequest;
import io.rhizome.mesh.v1.GetPartRequest;
import io.rhizome.mesh.v1.GetPartResponse;
import io.rhizome.mesh.v1.JobPart;
import io.rhizome.mesh.v1.KeepAnswerRequest;
import io.rhizome.mesh.v1.KeepAnswerResponse;
import io.rhizome.mesh.v1.KeepJobResponse;
import io.rhizome.mesh.v1.SiteServiceGrpc;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.jobs.JobId;
import io.rhizome.node.jobs.Journal;
import io.rhizome.node.jobs.JournalEntry;
import io.rhizome.node.jobs.ignite.Neighbour;
import io.rhizome.store.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What this node does for the others of its site: keeps their jobs and gives them back. Blocks on
 * the disk; runs off the event loops.
 */
public final class SiteJobService extends SiteServiceGrpc.SiteServiceImplBase {
  private final Journal journal;
  private final Supplier<Neighbour.Part> part;
  private final Predicate<NodeId> ofSite;

  /**
   * A service over this journal.
   *
   * @param part what this node says of itself
   * @param ofSite who belongs to the site
   */
  public SiteJobService(Journal journal, Supplier<Neighbour.Part> part, Predicate<NodeId> ofSite) {
    this.journal = journal;
    this.part = part;
    this.ofSite = ofSite;
  }

  /** What is done for a caller of this site. */
  private interface Work<M> {
    M run() throws IOException;
  }

  private <M> void answer(StreamObserver<M> observer, Work<M> work) {
    M answer;
    try {
      requireOfSite();
      answer = work.run();
    } catch (IOException | RuntimeException e) {
      observer.onError(status(e).asException());
      return;
    }
    observer.onNext(answer);
    observer.onCompleted();
  }

  private void requireOfSite() {
    if (!ofSite.test(Caller.KEY.get())) {
      throw Status.PERMISSION_DENIED
          .withDescription("jobs are kept within a site, and that node is of another")
          .asRuntimeException();
    }
  }

  private static Status status(Exception error) {
    if (error instanceof IllegalArgumentException) {
      return Status.INVALID_ARGUMENT.withDescription(error.getMessage());
    }
    if (error instanceof IOException) {
      return Status.UNAVAILABLE.withDescription(error.getMessage());
    }
    return Status.fromThrowable(error);
  }

  @Override
  public void getPart(GetPartRequest request, StreamObserver<GetPartResponse> observer) {
    answer(observer, () -> SiteMessages.toMessage(part.get()));
  }

  @Override
  public StreamObserver<JobPart> keepJob(StreamObserver<KeepJobResponse> observer) {
    return new Keeping(observer);
  }

  /** A job that comes in; one piece at a time. */
  private final class Keeping implements StreamObserver<JobPart> {
    private final StreamObserver<KeepJobResponse> observer;
    private Journal.@Nullable Arrival arrival;
    private boolean over;

    Keeping(StreamObserver<KeepJobResponse> observer) {
      this.observer = observer;
      try {
        requireOfSite();
      } catch (RuntimeException e) {
        fail(e);
      }
    }

    @Override
    public void onNext(JobPart message) {
      if (over) {
        return;
      }
      try {
        take(message);
      } catch (IOException | JobException | RuntimeException e) {
        fail(e);
      }
    }

    private void take(JobPart message) throws IOException, JobException {
      Journal.Arrival coming = arrival;
      if (message.hasEntry() == (coming != null)) {
        throw new IllegalArgumentException("one entry first, then items");
      }
      if (coming != null) {
        coming.add(message.getItems().asReadOnlyByteBuffer());
        return;
      }
      JournalEntry entry = JournalEntry.decode(message.getEntry().toByteArray());
      Optional<JournalEntry> here = journal.entry(entry.job().id());
      if (here.isPresent()) {
        Journal.requireSame(here.get(), entry);
        done();
      } else {
        arrival = journal.receive(entry);
      }
    }

    private void done() {
      over = true;
      observer.onNext(KeepJobResponse.getDefaultInstance());
      observer.onCompleted();
    }

    private void fail(Exception error) {
      over = true;
      close();
      observer.onError(
          error instanceof JobException
              ? Status.RESOURCE_EXHAUSTED.withDescription(error.getMessage()).asException()
              : status(error).asException());
    }

    private void close() {
      Journal.Arrival coming = arrival;
      if (coming != null) {
        try {
          coming.close();
        } catch (IOException e) {
          // What is left of it goes when the journal opens next.
          over = true;
        }
      }
    }

    @Override
    public void onError(Throwable error) {
      over = true;
      close();
    }

    @Override
    public void onCompleted() {
      Journal.Arrival coming = arrival;
      if (over || coming == null) {
        return;
      }
      try {
        coming.commit();
        done();
        close();
      } catch (IOException | RuntimeException e) {
        fail(e);
      }
    }
  }

  @Override
  public void fetchJob(FetchJobRequest request, StreamObserver<JobPart> observer) {
    try {
      requireOfSite();
      Optional<JournalEntry> entry = journal.entry(new JobId(request.getId()));
      if (entry.isEmpty()) {
        observer.onError(Status.NOT_FOUND.withDescription("no job of that id here").asException());
        return;
      }
      send(entry.get(), observer);
    } catch (IOException | RuntimeException e) {
      observer.onError(status(e).asException());
    }
  }

  private void send(JournalEntry entry, StreamObserver<JobPart> observer) throws IOException {
    observer.onNext(
        JobPart.newBuilder().setEntry(UnsafeByteOperations.unsafeWrap(entry.encode())).build());
    ServerCallStreamObserver<JobPart> call = (ServerCallStreamObserver<JobPart>) observer;
    journal.read(
        entry,
        piece -> {
          Pacing.await(call, call::isCancelled);
          call.onNext(
              JobPart.newBuilder().setItems(UnsafeByteOperations.unsafeWrap(piece)).build());
        });
    observer.onCompleted();
  }

  @Override
  public void keepAnswer(KeepAnswerRequest request, StreamObserver<KeepAnswerResponse> observer) {
    answer(
        observer,
        () -> {
          byte[] answer = request.getAnswer().toByteArray();
          Digest digest = Digest.of(request.getDigest().toByteArray());
          if (!Digest.sha256(ByteBuffer.wrap(answer)).equals(digest)) {
            throw new IllegalArgumentException("digest: of other bytes");
          }
          journal.keepAnswer(new JobId(request.getJob()), digest, answer);
          return KeepAnswerResponse.getDefaultInstance();
        });
  }

  @Override
  public void fetchAnswer(
      FetchAnswerRequest request, StreamObserver<FetchAnswerResponse> observer) {
    answer(
        observer,
        () -> {
          Digest digest = Digest.of(request.getDigest().toByteArray());
          ByteString answer =
              journal
                  .answer(new JobId(request.getJob()), digest)
                  .map(UnsafeByteOperations::unsafeWrap)
                  .orElseThrow(
                      () ->
                          Status.NOT_FOUND
                              .withDescription("no such answer here")
                              .asRuntimeException());
          return FetchAnswerResponse.newBuilder().setAnswer(answer).build();
        });
  }
}
