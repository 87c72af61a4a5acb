// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.access;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many wrong keys came from where: {@value #BURST} are free, then {@value #PER_SECOND} a
 * second. IPv6 addresses count by their /64, which is one customer's. Any thread; time is passed
 * in.
 */
final class WrongKeys {
  static final int BURST = 20;
  static final int PER_SECOND = 1;
  static final int MAX_ADDRESSES = 4096;

  private static final int PREFIX_BYTES = 8;
  private static final int SWEPT_AT_ONCE = 8;

  private final Map<ByteBuffer, TokenBucket> buckets = new LinkedHashMap<>(16, 0.75f, true);
  /* So that those who never see a wrong key pay nothing. */
  private volatile boolean any;

  /** Whether whoever calls from there has to wait before it may try a key again. */
  boolean exhausted(InetAddress from, long nowNanos) {
    if (!any) {
      return false;
    }
    synchronized (this) {
      TokenBucket bucket = buckets.get(place(from));
      return bucket != null && !bucket.has(nowNanos);
    }
  }

  /** A wrong key came from there. */
  synchronized void add(InetAddress from, long nowNanos) {
    sweep(nowNanos);
    boolean unused =
        buckets
            .computeIfAbsent(place(from), place -> new TokenBucket(PER_SECOND, BURST, nowNanos))
            .take(nowNanos);
    if (buckets.size() > MAX_ADDRESSES) {
      removeEldest();
    }
    any = true;
  }

  /** How many addresses are remembered. */
  synchronized int size() {
    return buckets.size();
  }

  /** Forgets the eldest that have paid off. */
  private void sweep(long nowNanos) {
    Iterator<TokenBucket> eldest = buckets.values().iterator();
    for (int i = 0; i < SWEPT_AT_ONCE && eldest.hasNext(); i++) {
      if (!eldest.next().full(nowNanos)) {
        return;
      }
      eldest.remove();
    }
  }

  private void removeEldest() {
    Iterator<TokenBucket> eldest = buckets.values().iterator();
    eldest.next();
    eldest.remove();
  }

  private static ByteBuffer place(InetAddress from) {
    byte[] address = from.getAddress();
    return ByteBuffer.wrap(
        from instanceof Inet6Address ? Arrays.copyOf(address, PREFIX_BYTES) : address);
  }
}
