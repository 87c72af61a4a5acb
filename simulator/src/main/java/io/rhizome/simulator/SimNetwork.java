// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Decides the fate of each packet: its delay, or its loss. Hosts are names. The latency of a link
 * is fixed by the {@link Topology}, unless it is set; jitter, loss and the rest are the same in no
 * two runs of different seeds and in all runs of one.
 *
 * <p>Shares are 0 to 1, times are nanoseconds; what is not between is refused with {@link
 * IllegalArgumentException}. Faults hold for datagrams and for the segments of streams, save
 * duplication, reordering and a blocked UDP, which streams do not feel.
 */
public final class SimNetwork {
  private static final double DEFAULT_JITTER = 0.2;

  /** The fate of a packet that does not arrive. */
  static final long LOST = -1;

  private final VirtualTime time;
  private final SplittableRandom random;
  private final Map<String, SimHost> hosts = new LinkedHashMap<>();
  private final List<SimHost> numbered = new ArrayList<>();
  private Topology topology;
  private double jitter = DEFAULT_JITTER;
  private double loss;
  private double duplicated;
  private double reordered;
  private long reorderNanos;

  SimNetwork(VirtualTime time, Random seeds) {
    this.time = time;
    this.random = new SplittableRandom(seeds.nextLong());
    this.topology = Topology.wide(seeds.nextLong());
  }

  /** How far the hosts are from one another: {@link Topology#wide} until it is set. */
  public void topology(Topology other) {
    topology = other;
  }

  /** The number of a host, given when the network first hears of it. */
  public int number(String host) {
    return host(host).number;
  }

  /** Latency one way between two hosts, in nanoseconds, both ways. */
  public void latency(String one, String other, long nanos) {
    host(one).latencyTo.put(host(other).number, nanos);
    host(other).latencyTo.put(host(one).number, nanos);
  }

  /** Each packet takes up to this share longer than its link's latency; 0.2 until it is set. */
  public void jitter(double share) {
    jitter = share(share);
  }

  /** The share of packets lost everywhere. */
  public void loss(double share) {
    loss = share(share);
  }

  /** The share lost of what a host receives, on top of the rest. */
  public void lossIn(String host, double share) {
    host(host).lossIn = share(share);
  }

  /** The share lost of what a host sends, on top of the rest. */
  public void lossOut(String host, double share) {
    host(host).lossOut = share(share);
  }

  /** The share lost from one host to another, one way, on top of the rest. */
  public void loss(String from, String to, double share) {
    host(from).lossTo.put(host(to).number, share(share));
  }

  /** The share of datagrams that arrive twice. */
  public void duplication(double share) {
    duplicated = share(share);
  }

  /** That share of datagrams is overtaken: held back for up to so many nanoseconds. */
  public void reordering(double share, long nanos) {
    reordered = share(share);
    reorderNanos = nanos;
  }

  /**
   * A host's link carries so much each way; what waits longer than a queue of so many bytes is
   * dropped. 0 for without bound.
   */
  public void bandwidth(String host, long bitsPerSecond, long queueBytes) {
    host(host).bytesPerSecond = bitsPerSecond / 8;
    host(host).queueBytes = queueBytes;
  }

  /** Delays all that a host sends and receives by that much, as a host that is paused often. */
  public void slow(String host, long nanos) {
    host(host).slowNanos = nanos;
  }

  /** A host receives nothing, or hears again. */
  public void deaf(String host, boolean deaf) {
    deaf(host, deaf ? 1 : 0, 1);
  }

  /** A host receives nothing in the first so many nanoseconds of each so many, from now on. */
  public void deaf(String host, long nanos, long everyNanos) {
    SimHost here = host(host);
    here.deafNanos = nanos;
    here.deafEveryNanos = everyNanos;
    here.deafSinceNanos = time.nowNanos();
  }

  /** A host that hears all and is heard by nobody, or is heard again. */
  public void mute(String host, boolean mute) {
    host(host).mute = mute;
  }

  /** Datagrams neither leave nor reach a host; streams do. */
  public void blockUdp(String host, boolean blocked) {
    host(host).udpBlocked = blocked;
  }

  /**
   * A host behind a NAT: nobody can dial it, and a datagram reaches it only from a host that it
   * sent one to in the last 30 s.
   */
  public void dialOutOnly(String host, boolean behindNat) {
    host(host).dialOutOnly = behindNat;
  }

  /** Nothing passes from one host to the other until {@link #heal}. */
  public void cutOneWay(String from, String to) {
    host(from).cutTo.set(host(to).number);
  }

  /** That cut alone is mended. */
  public void mend(String from, String to) {
    host(from).cutTo.clear(host(to).number);
  }

  /** Nothing passes between the two sides until {@link #heal}. */
  public void partition(Collection<String> side, Collection<String> other) {
    for (String one : side) {
      for (String two : other) {
        cutOneWay(one, two);
        cutOneWay(two, one);
      }
    }
  }

  /** Mends all cuts. */
  public void heal() {
    for (SimHost host : numbered) {
      host.cutTo.clear();
    }
  }

  /** Ends all that goes wrong; bandwidths, NATs and blocked UDP stay, being how hosts are. */
  public void recover() {
    heal();
    loss = 0;
    duplicated = 0;
    reordered = 0;
    for (SimHost host : numbered) {
      host.lossTo.clear();
      host.lossIn = 0;
      host.lossOut = 0;
      host.slowNanos = 0;
      host.deafNanos = 0;
      host.mute = false;
    }
  }

  /** The delay of the next packet of that link in nanoseconds; empty where it is lost. */
  public OptionalLong delayNanos(String from, String to) {
    long delay = delayNanos(host(from), host(to), 0);
    return delay == LOST ? OptionalLong.empty() : OptionalLong.of(delay);
  }

  SimHost host(String name) {
    SimHost host = hosts.get(name);
    if (host == null) {
      host = new SimHost(name, numbered.size());
      hosts.put(name, host);
      numbered.add(host);
    }
    return host;
  }

  /** The host of that name, if the network has heard of it. */
  @Nullable SimHost find(String name) {
    return hosts.get(name);
  }

  /** The hosts by number. */
  List<SimHost> hosts() {
    return numbered;
  }

  /** The delay of a datagram, or {@link #LOST}. */
  long datagramNanos(SimHost from, SimHost to, int bytes) {
    if (from.udpBlocked || to.udpBlocked) {
      return LOST;
    }
    long now = time.nowNanos();
    if (from.dialOutOnly) {
      from.mapped(now, to);
    }
    if (to.dialOutOnly && !to.letsIn(now, from)) {
      return LOST;
    }
    long delay = delayNanos(from, to, bytes);
    if (delay != LOST && reordered > 0 && random.nextDouble() < reordered) {
      delay += random.nextLong(reorderNanos + 1);
    }
    return delay;
  }

  /** Whether the datagram just sent arrives twice. */
  boolean duplicates() {
    return duplicated > 0 && random.nextDouble() < duplicated;
  }

  /** The delay of a packet of whatever kind, or {@link #LOST}. */
  long delayNanos(SimHost from, SimHost to, int bytes) {
    if (!carries(from, to) || isLost(from, to)) {
      return LOST;
    }
    long queued = queuedNanos(from, bytes);
    if (queued == LOST) {
      return LOST;
    }
    long base = latencyNanos(from, to);
    long spread = jitter == 0 ? 0 : (long) (base * jitter * random.nextDouble());
    return queued + base + spread + from.slowNanos + to.slowNanos;
  }

  /** How long what arrives still waits at the receiver's end of its link, or {@link #LOST}. */
  long arrivalNanos(SimHost to, int bytes) {
    if (to.bytesPerSecond == 0) {
      return 0;
    }
    long now = time.nowNanos();
    long waiting = Math.max(0, to.inFreeNanos - now);
    if (waiting > serialNanos(to, to.queueBytes)) {
      return LOST;
    }
    to.inFreeNanos = now + waiting + serialNanos(to, bytes);
    return to.inFreeNanos - now;
  }

  /** Without jitter and what else is drawn. */
  long latencyNanos(SimHost from, SimHost to) {
    if (!from.latencyTo.isEmpty()) {
      Long set = from.latencyTo.get(to.number);
      if (set != null) {
        return set;
      }
    }
    return topology.latencyNanos(from.number, to.number);
  }

  /** Whether anything passes that way now, if it is not lost by chance. */
  boolean carries(SimHost from, SimHost to) {
    return !from.mute && !from.cutTo.get(to.number) && !to.isDeaf(time.nowNanos());
  }

  private boolean isLost(SimHost from, SimHost to) {
    if (loss > 0 && random.nextDouble() < loss) {
      return true;
    }
    if (from.lossOut > 0 && random.nextDouble() < from.lossOut) {
      return true;
    }
    if (to.lossIn > 0 && random.nextDouble() < to.lossIn) {
      return true;
    }
    if (!from.lossTo.isEmpty()) {
      Double share = from.lossTo.get(to.number);
      return share != null && random.nextDouble() < share;
    }
    return false;
  }

  private long queuedNanos(SimHost from, int bytes) {
    if (from.bytesPerSecond == 0) {
      return 0;
    }
    long now = time.nowNanos();
    long waiting = Math.max(0, from.outFreeNanos - now);
    if (waiting > serialNanos(from, from.queueBytes)) {
      return LOST;
    }
    from.outFreeNanos = now + waiting + serialNanos(from, bytes);
    return from.outFreeNanos - now;
  }

  private static long serialNanos(SimHost host, long bytes) {
    return bytes * 1_000_000_000L / host.bytesPerSecond;
  }

  private static double share(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("a share is 0 to 1, not " + share);
    }
    return share;
  }
}
