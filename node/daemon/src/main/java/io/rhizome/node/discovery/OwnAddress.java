// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.discovery;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * By which address others reach this machine, where nobody said: that of the default route, else
 * the first private one, else the first that is not of this machine alone. Looked at again every 5
 * s, since a lease may end. Without any address it stays what it was, at first loopback. Any
 * thread.
 */
public final class OwnAddress implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OwnAddress.class);
  private static final long PERIOD_SECONDS = 5;
  private static final String LOOPBACK = "127.0.0.1";

  private final Interfaces interfaces;
  private final boolean ipv6;
  private volatile String host;
  private @Nullable ScheduledExecutorService watch;

  /**
   * Looks once.
   *
   * @param ipv6 whether an IPv6 address will do where there is no IPv4 one
   */
  public OwnAddress(Interfaces interfaces, boolean ipv6) {
    this.interfaces = interfaces;
    this.ipv6 = ipv6;
    this.host = choose().map(InetAddress::getHostAddress).orElse(LOOPBACK);
  }

  /** The latest, as a literal. */
  public String host() {
    return host;
  }

  /** From now on calls back, on a thread of its own, each time that it has changed. */
  public synchronized void watch(Runnable onChange) {
    if (watch != null) {
      throw new IllegalStateException("watched already");
    }
    ScheduledExecutorService started =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "rhizome-own-address");
              thread.setDaemon(true);
              return thread;
            });
    watch = started;
    var unused =
        started.scheduleWithFixedDelay(
            () -> look(onChange), PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  /** Looks now; calls back where it has changed. */
  void look(Runnable onChange) {
    try {
      String found = choose().map(InetAddress::getHostAddress).orElse(host);
      if (!found.equals(host)) {
        log.info("this machine's address is now {}, no longer {}", found, host);
        host = found;
        onChange.run();
      }
    } catch (RuntimeException e) {
      log.error("the address of this machine could not be looked at", e);
    }
  }

  private Optional<InetAddress> choose() {
    return choose(false).or(() -> ipv6 ? choose(true) : Optional.empty());
  }

  private Optional<InetAddress> choose(boolean six) {
    InetAddress routed = interfaces.routed(six);
    if (routed != null) {
      return Optional.of(routed);
    }
    List<InetAddress> usable =
        interfaces.all().stream()
            .filter(address -> address instanceof Inet4Address != six)
            .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
            .toList();
    Predicate<InetAddress> isPrivate = OwnAddress::isPrivate;
    return Stream.of(isPrivate, isPrivate.negate())
        .flatMap(kind -> usable.stream().filter(kind))
        .findFirst();
  }

  /** RFC 1918, or a unique local address, RFC 4193. */
  private static boolean isPrivate(InetAddress address) {
    return address.isSiteLocalAddress()
        || (!(address instanceof Inet4Address) && (address.getAddress()[0] & 0xfe) == 0xfc);
  }

  @Override
  public synchronized void close() {
    if (watch != null) {
      watch.shutdownNow();
    }
  }
}
