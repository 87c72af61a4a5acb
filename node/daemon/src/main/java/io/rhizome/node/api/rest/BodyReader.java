// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import io.rhizome.node.serving.ErrorCode;
import io.rhizome.node.serving.InFlightBytes;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Takes in one body. Its bytes count against what this node gives to requests in flight from the
 * moment they are here, so that many bodies on their way cannot fill the heap.
 *
 * <p>What comes of a body after it was refused is dropped by the server, so that a client that
 * first sends all and then reads gets to read why.
 */
final class BodyReader implements Subscriber<HttpObject> {
  /** Bodies of up to this size get their room at once where the client says how long they are. */
  private static final int FIRST_BYTES = 64 << 10;

  private static final int UNTOLD_FIRST_BYTES = 4 << 10;
  private static final byte[] NOTHING = new byte[0];
  private static final Subscription NONE =
      new Subscription() {
        @Override
        public void request(long more) {}

        @Override
        public void cancel() {}
      };

  private final CompletableFuture<Body> result = new CompletableFuture<>();
  private final InFlightBytes.Hold hold;
  private final InFlightBytes inFlight;
  private final Limit limit;
  private final int told;
  private Subscription subscription = NONE;
  private byte[] bytes = NOTHING;
  private int length;

  /**
   * The largest body.
   *
   * @param bytes how many it may have, unpacked
   * @param by whose limit that is, for complaints
   */
  record Limit(int bytes, String by) {
    RefusedException exceeded() {
      return RefusedException.tooLarge(
          "the request's body has more than " + bytes + " bytes (" + by + ")");
    }
  }

  /**
   * A body that is here whole.
   *
   * @param hold its room; to be released by whoever has the body, once
   */
  @SuppressWarnings("ArrayRecordComponent") // Handed on once; never compared or hashed.
  record Body(byte[] bytes, InFlightBytes.Hold hold) {}

  private BodyReader(InFlightBytes inFlight, Limit limit, long told) {
    this.inFlight = inFlight;
    this.hold = inFlight.hold();
    this.limit = limit;
    this.told = (int) Math.min(Math.max(told, 0), limit.bytes());
  }

  /** The body of this request; fails with {@link RefusedException} or as the connection did. */
  static CompletableFuture<Body> read(HttpRequest http, InFlightBytes inFlight, Limit limit) {
    BodyReader reader = new BodyReader(inFlight, limit, http.headers().contentLength());
    http.subscribe(reader);
    return reader.result;
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
    given.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(HttpObject object) {
    if (!(object instanceof HttpData data)) {
      return;
    }
    try (data) {
      if (result.isDone() || data.isEmpty()) {
        return;
      }
      makeRoom(data.length());
      System.arraycopy(data.array(), 0, bytes, length, data.length());
      length += data.length();
    } catch (RefusedException e) {
      subscription.cancel();
      fail(e);
    }
  }

  private void makeRoom(int more) throws RefusedException {
    if (more > limit.bytes() - length) {
      throw limit.exceeded();
    }
    int wanted = length + more;
    if (wanted <= bytes.length) {
      return;
    }
    long capacity = Math.max(wanted, 2L * bytes.length);
    if (bytes.length == 0) {
      capacity = Math.max(wanted, told > 0 ? Math.min(told, FIRST_BYTES) : UNTOLD_FIRST_BYTES);
    }
    // Never beyond what the client announced, if that is the truth.
    int grown = (int) Math.min(capacity, wanted <= told ? told : limit.bytes());
    if (!hold.grow(grown - bytes.length)) {
      throw new RefusedException(ErrorCode.OVERLOADED, inFlight.refusal());
    }
    bytes = Arrays.copyOf(bytes, grown);
  }

  @Override
  public void onError(Throwable failure) {
    fail(failure);
  }

  private void fail(Throwable failure) {
    bytes = NOTHING;
    hold.release();
    result.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    if (!result.isDone()) {
      byte[] whole = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
      bytes = NOTHING;
      result.complete(new Body(whole, hold));
    }
  }
}
