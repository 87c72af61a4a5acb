// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Host names to addresses without ever blocking the loop: literals at once, names on a thread of
 * its own, cached. A name that is not there yet has no addresses now and is looked up for the next
 * time; a cached one is looked up again after a while and used meanwhile. Bounded. Used on the loop
 * only.
 */
final class NameCache implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NameCache.class);
  private static final int MAX_NAMES = 2_048;
  private static final int MAX_LOOKUPS = 64;
  private static final int MAX_ADDRESSES = 8;
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Executor loop;
  private final Lookup lookup;
  private final ThreadPoolExecutor resolver;
  private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  /** All addresses of a name, A and AAAA records; may block. */
  interface Lookup {
    InetAddress[] all(String name) throws UnknownHostException;
  }

  private static final class Entry {
    List<InetAddress> addresses = List.of();
    boolean underWay;
    boolean failed;
    long nextLookupNanos;
  }

  NameCache(Executor loop, Lookup lookup) {
    this.loop = loop;
    this.lookup = lookup;
    this.resolver =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_LOOKUPS),
            task -> {
              Thread thread = new Thread(task, "rhizome-gossip-names");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** The addresses of a literal or a name, at most 8; none where they are not known yet. */
  List<InetAddress> resolve(String host) {
    InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
    if (literal != null) {
      return List.of(literal);
    }
    long now = System.nanoTime();
    Entry entry = entries.get(host);
    if (entry == null) {
      entry = new Entry();
      entry.nextLookupNanos = now;
      entries.put(host, entry);
      if (entries.size() > MAX_NAMES) {
        entries.remove(entries.keySet().iterator().next());
      }
    }
    if (!entry.underWay && now - entry.nextLookupNanos >= 0) {
      entry.nextLookupNanos = now + (entry.addresses.isEmpty() ? RETRY_NANOS : FRESH_NANOS);
      lookUp(host, entry);
    }
    return entry.addresses;
  }

  @Override
  public void close() {
    resolver.shutdownNow();
  }

  private void lookUp(String host, Entry entry) {
    entry.underWay = true;
    try {
      resolver.execute(() -> lookUpNow(host, entry));
    } catch (RejectedExecutionException e) {
      entry.underWay = false;
      log.debug("too many names to look up, {} waits", host);
    }
  }

  private void lookUpNow(String host, Entry entry) {
    Runnable outcome;
    try {
      List<InetAddress> addresses =
          Arrays.stream(lookup.all(host)).distinct().limit(MAX_ADDRESSES).toList();
      outcome = () -> onResolved(entry, addresses);
    } catch (UnknownHostException e) {
      outcome = () -> onFailed(host, entry);
    }
    try {
      loop.execute(outcome);
    } catch (RejectedExecutionException e) {
      log.debug("gossip closed while {} was looked up", host);
    }
  }

  private static void onResolved(Entry entry, List<InetAddress> addresses) {
    entry.underWay = false;
    entry.addresses = addresses;
    entry.failed = false;
    entry.nextLookupNanos = System.nanoTime() + FRESH_NANOS;
  }

  private static void onFailed(String host, Entry entry) {
    entry.underWay = false;
    if (!entry.failed) {
      log.warn("cannot resolve host name {}, trying again when it is next needed", host);
    }
    entry.failed = true;
  }
}
