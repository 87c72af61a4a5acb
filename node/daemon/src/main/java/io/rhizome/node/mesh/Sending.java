// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A call that streams messages to a peer, for one answer. One thread sends, and blocks. */
final class Sending<M, R> implements ClientResponseObserver<M, R> {
  private final CompletableFuture<R> done = new CompletableFuture<>();
  private final CompletableFuture<ClientCallStreamObserver<M>> call = new CompletableFuture<>();

  /** What sends the messages of a call. */
  interface Messages<M> {
    /** Calls it with each message, in order. */
    void forEach(Taker<M> taker) throws IOException;
  }

  /** Takes messages. */
  interface Taker<M> {
    /** The next. */
    void take(M message) throws IOException;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<M> started) {
    call.complete(started);
  }

  /**
   * Sends them and gives the answer; messages that follow an early answer are not sent.
   *
   * @param seconds that the answer may take once all is sent
   * @throws IOException where there is none
   */
  R run(Messages<M> messages, long seconds) throws IOException {
    ClientCallStreamObserver<M> to = call.join();
    try {
      messages.forEach(
          message -> {
            Pacing.await(to, done::isDone);
            if (!done.isDone()) {
              to.onNext(message);
            }
          });
      if (!done.isDone()) {
        to.onCompleted();
      }
    } catch (IOException e) {
      to.cancel("given up", e);
      throw e;
    }
    try {
      return done.get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(Status.fromThrowable(e).getDescription(), e);
    } catch (TimeoutException e) {
      throw new IOException("it does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void onNext(R response) {
    done.complete(response);
  }

  @Override
  public void onError(Throwable error) {
    done.completeExceptionally(error);
  }

  @Override
  public void onCompleted() {
    done.completeExceptionally(new IOException("it answered nothing"));
  }
}
