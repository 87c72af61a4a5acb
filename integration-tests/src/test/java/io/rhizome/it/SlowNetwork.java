// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Long and lossy ways between hosts that are all this machine: a TUN device of our own, and a relay
 * of IP packets at its end. Host i listens at {@link #near}; what others send to {@link #far} of it
 * arrives there, late, as if from the far address of who sent it; or it is lost.
 *
 * <p>Both addresses are of the block for benchmarks (RFC 2544). They differ by one in one 16-bit
 * word, and the relay changes one up and the other down: no checksum changes.
 */
final class SlowNetwork implements AutoCloseable {
  private static final Path TUN = Path.of("/dev/net/tun");
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(10);
  private static final int READ_WRITE = 2;
  private static final int NON_BLOCKING = 0x800;
  private static final long TUNSETIFF = 0x400454caL;
  private static final int IFREQ_BYTES = 40;
  private static final int IFREQ_FLAGS = 16;
  private static final int POLLFD_BYTES = 8;
  private static final byte IFF_TUN = 1;
  private static final byte IFF_NO_PI_HIGH = 0x10;
  private static final int MTU = 1500;
  private static final int MAX_UNDER_WAY = 20_000;
  private static final int LOOK_MILLIS = 50;
  private static final short READABLE = 1;

  /** Where an IPv4 header has the second byte of each address. */
  private static final int SOURCE = 13;

  private static final int DESTINATION = 17;
  private static final byte NEAR = 18;
  private static final byte FAR = 19;

  private final LibC c = Native.load("c", LibC.class);
  private final int device;
  private final long oneWayNanos;
  private final double loss;
  private final RandomGenerator random;
  private final Deque<Late> underWay = new ArrayDeque<>();
  private final Thread relay = new Thread(this::relay, "slow-network");
  private volatile boolean closed;
  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong carried = new AtomicLong();

  /** What is needed of the C library. */
  private interface LibC extends Library {
    int open(String path, int flags) throws LastErrorException;

    int ioctl(int device, NativeLong request, byte[] argument) throws LastErrorException;

    int poll(byte[] descriptors, NativeLong count, int timeoutMillis);

    NativeLong read(int device, byte[] bytes, NativeLong size);

    NativeLong write(int device, byte[] bytes, NativeLong size);

    int close(int device);
  }

  private static final class Late {
    private final long atNanos;
    private final byte[] packet;

    Late(long atNanos, byte[] packet) {
      this.atNanos = atNanos;
      this.packet = packet;
    }
  }

  private SlowNetwork(int hosts, Duration oneWay, double loss, long seed)
      throws IOException, InterruptedException {
    this.oneWayNanos = oneWay.toNanos();
    this.loss = loss;
    this.random = new Random(seed);
    String name = "slow" + ProcessHandle.current().pid() % 100_000;
    device = c.open(TUN.toString(), READ_WRITE | NON_BLOCKING);
    try {
      byte[] ifreq = new byte[IFREQ_BYTES];
      byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(ascii, 0, ifreq, 0, ascii.length);
      ifreq[IFREQ_FLAGS] = IFF_TUN;
      ifreq[IFREQ_FLAGS + 1] = IFF_NO_PI_HIGH;
      int unused = c.ioctl(device, new NativeLong(TUNSETIFF), ifreq);
      for (int i = 1; i <= hosts; i++) {
        ip("addr", "add", near(i) + "/32", "dev", name);
      }
      ip("link", "set", name, "mtu", Integer.toString(MTU), "up");
      ip("route", "add", "198.19.0.0/24", "dev", name);
    } catch (IOException | InterruptedException | RuntimeException e) {
      c.close(device);
      throw e;
    }
    relay.setDaemon(true);
    relay.start();
  }

  /** Why there can be none here; empty where there can. */
  static Optional<String> missing() throws IOException {
    if (!Platform.isLinux() || !Files.exists(TUN)) {
      return Optional.of("there is no " + TUN);
    }
    if (!Files.isExecutable(Path.of("/usr/sbin/ip")) && !Files.isExecutable(Path.of("/sbin/ip"))) {
      return Optional.of("there is no `ip`; install iproute2");
    }
    boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    return root ? Optional.empty() : Optional.of("only root may make a TUN device");
  }

  /**
   * Opens it; it is gone when it is closed, or when this JVM ends.
   *
   * @param loss the share of packets that are lost, each by itself
   */
  static SlowNetwork open(int hosts, Duration oneWay, double loss, long seed)
      throws IOException, InterruptedException {
    return new SlowNetwork(hosts, oneWay, loss, seed);
  }

  private static void ip(String... words) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("ip"));
    all.addAll(Arrays.asList(words));
    Command.run(Path.of("/"), COMMAND_LIMIT, all).orThrow();
  }

  /** Where host i, counted from 1, listens. */
  static String near(int i) {
    return "198.18.0." + i;
  }

  /** Where the others reach it. */
  static String far(int i) {
    return "198.19.0." + i;
  }

  /** How many packets arrived. */
  long carried() {
    return carried.get();
  }

  /** How many did not. */
  long lost() {
    return lost.get();
  }

  private void relay() {
    byte[] buffer = new byte[MTU];
    while (!closed) {
      awaitPacketOrDelivery();
      int length = c.read(device, buffer, new NativeLong(buffer.length)).intValue();
      if (length > 0) {
        take(Arrays.copyOf(buffer, length));
      }
      while (!underWay.isEmpty() && untilDeliveryNanos() <= 0) {
        byte[] packet = underWay.remove().packet;
        NativeLong unused = c.write(device, packet, new NativeLong(packet.length));
        carried.incrementAndGet();
      }
    }
  }

  private long untilDeliveryNanos() {
    return underWay.element().atNanos - System.nanoTime();
  }

  private void awaitPacketOrDelivery() {
    long millis =
        underWay.isEmpty()
            ? LOOK_MILLIS
            : Math.max(0, TimeUnit.NANOSECONDS.toMillis(untilDeliveryNanos()) + 1);
    byte[] descriptor =
        ByteBuffer.allocate(POLLFD_BYTES)
            .order(ByteOrder.nativeOrder())
            .putInt(device)
            .putShort(READABLE)
            .array();
    int unused = c.poll(descriptor, new NativeLong(1), (int) Math.min(millis, LOOK_MILLIS));
  }

  private void take(byte[] packet) {
    boolean ours = packet.length > DESTINATION && packet[0] >> 4 == 4 && packet[DESTINATION] == FAR;
    if (!ours) {
      return;
    }
    if (random.nextDouble() < loss || underWay.size() >= MAX_UNDER_WAY) {
      lost.incrementAndGet();
      return;
    }
    packet[DESTINATION] = NEAR;
    packet[SOURCE] = FAR;
    underWay.add(new Late(System.nanoTime() + oneWayNanos, packet));
  }

  @Override
  public void close() {
    closed = true;
    try {
      relay.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    int unused = c.close(device);
  }
}
