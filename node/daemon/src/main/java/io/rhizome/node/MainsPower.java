// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Whether this machine is on mains power, as Linux tells it. It is not where it has a battery and
 * nothing plugged in that feeds it; where the system does not tell, it counts as on mains. Looks at
 * most once in a few seconds. Any thread.
 */
final class MainsPower implements BooleanSupplier {
  /** One directory for each power supply. */
  static final Path SUPPLIES = Path.of("/sys/class/power_supply");

  /** So long it goes by what it saw last. */
  static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Path supplies;
  private final LongSupplier nanoTime;
  private boolean looked;
  private long lookedNanos;
  private boolean onMains;

  /** By what lies in that directory. */
  MainsPower(Path supplies, LongSupplier nanoTime) {
    this.supplies = supplies;
    this.nanoTime = nanoTime;
  }

  @Override
  public synchronized boolean getAsBoolean() {
    long now = nanoTime.getAsLong();
    if (!looked || now - lookedNanos >= FRESH_NANOS) {
      onMains = look();
      lookedNanos = now;
      looked = true;
    }
    return onMains;
  }

  private boolean look() {
    boolean battery = false;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(supplies)) {
      for (Path supply : all) {
        String type = value(supply, "type");
        if (isPlug(type) && isOnline(supply)) {
          return true;
        }
        // A mouse's or a headset's says nothing of the machine.
        battery |= type.equals("Battery") && !value(supply, "scope").equals("Device");
      }
    } catch (IOException | DirectoryIteratorException e) {
      // Not Linux, or not for this process to read: most nodes are on mains power.
      return true;
    }
    return !battery;
  }

  private static boolean isPlug(String type) {
    return type.equals("Mains") || type.startsWith("USB");
  }

  /** 1 where it feeds the machine; of USB also 2, where the machine may choose the voltage. */
  private static boolean isOnline(Path supply) throws IOException {
    String online = value(supply, "online");
    return online.equals("1") || online.equals("2");
  }

  /** Empty where the supply does not say. */
  private static String value(Path supply, String name) throws IOException {
    try {
      return Files.readString(supply.resolve(name)).strip();
    } catch (NoSuchFileException e) {
      return "";
    }
  }
}
