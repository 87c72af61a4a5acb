// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import io.rhizome.gossip.NodeId;
import java.util.Arrays;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Whoever seals with one mesh key, each life of each sender for itself; bounded, those that were
 * not heard for longest give way.
 */
final class Senders {
  private static final int MAX_SENDERS = 4_096;

  private final LongObjectMap<Source> byPrefix = new LongObjectHashMap<>();
  private int count;
  private long clock;

  /** One life of one sender. */
  static final class Source {
    final NodeId sender;
    final SecretKeySpec key;
    final ReplayWindow window = new ReplayWindow();
    private final byte[] boot;
    private @Nullable Source other;
    private long heard;

    Source(NodeId sender, byte[] boot, SecretKeySpec key) {
      this.sender = sender;
      this.boot = boot;
      this.key = key;
    }
  }

  /** The life that a header names, if it was heard before. */
  @Nullable Source find(NodeId sender, byte[] boot) {
    Source source = byPrefix.get(sender.prefix());
    while (source != null && !(source.sender.equals(sender) && Arrays.equals(source.boot, boot))) {
      source = source.other;
    }
    if (source != null) {
      source.heard = clock++;
    }
    return source;
  }

  /** Only authentic senders get here, so that strangers cannot push members out. */
  void remember(Source source) {
    source.heard = clock++;
    source.other = byPrefix.put(source.sender.prefix(), source);
    if (++count > MAX_SENDERS) {
      forgetOldest();
    }
  }

  private void forgetOldest() {
    Source oldest = null;
    for (Source first : byPrefix.values()) {
      for (Source next = first; next != null; next = next.other) {
        oldest = oldest == null || next.heard < oldest.heard ? next : oldest;
      }
    }
    if (oldest != null) {
      remove(oldest);
      count--;
    }
  }

  private void remove(Source gone) {
    long prefix = gone.sender.prefix();
    Source rest = gone.other;
    Source first = byPrefix.get(prefix);
    for (Source next = first; next != null; next = next.other) {
      if (next.other == gone) {
        next.other = rest;
      }
    }
    if (first == gone && rest == null) {
      byPrefix.remove(prefix);
    } else if (first == gone) {
      byPrefix.put(prefix, rest);
    }
  }
}
