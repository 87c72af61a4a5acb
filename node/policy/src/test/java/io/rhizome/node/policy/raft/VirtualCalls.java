// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.CopyOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What {@link VirtualLoader} puts in place of the JDK's methods of the same name. */
public final class VirtualCalls {
  private VirtualCalls() {}

  /** {@link System#currentTimeMillis}. */
  public static long currentTimeMillis() {
    return VirtualWorld.current().nowMillis();
  }

  /** {@link System#nanoTime}. */
  public static long nanoTime() {
    return VirtualWorld.current().nowNanos();
  }

  /** {@link Instant#now()}. */
  public static Instant now() {
    return Instant.ofEpochMilli(currentTimeMillis());
  }

  /** {@link java.util.Objects#hash}; types and constants hash alike in every run. */
  public static int hash(Object... values) {
    Object[] same = values.clone();
    for (int i = 0; i < same.length; i++) {
      if (same[i] instanceof Class || same[i] instanceof Enum) {
        same[i] = same[i].toString();
      }
    }
    return Arrays.hashCode(same);
  }

  /** {@link CompletableFuture#delayedExecutor(long, TimeUnit, Executor)}. */
  public static Executor delayedExecutor(long delay, TimeUnit unit, Executor executor) {
    VirtualWorld world = VirtualWorld.current();
    VirtualWorld.Incarnation process = world.process();
    return command -> {
      var unused =
          world.at(
              world.nowNanos() + unit.toNanos(delay),
              process,
              null,
              () -> executor.execute(command));
    };
  }

  /** {@link CompletableFuture#get(long, TimeUnit)}. */
  public static Object get(CompletableFuture<?> future, long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    return VirtualWorld.current().await(future, unit.toNanos(timeout));
  }

  /** {@link FileChannel#open(Path, OpenOption...)}. */
  public static FileChannel open(Path file, OpenOption... options) throws IOException {
    return VirtualDisks.current().open(file, options);
  }

  /** {@link FileChannel#force}. */
  public static void force(FileChannel channel, boolean unused) throws IOException {
    VirtualDisks.current().force(channel);
  }

  /** {@link FileDescriptor#sync}. */
  public static void sync(FileDescriptor file) throws IOException {
    VirtualDisks.current().force(file);
  }

  /** {@link java.nio.file.Files#move}. */
  public static Path move(Path from, Path to, CopyOption... options) throws IOException {
    return VirtualDisks.current().move(from, to, options);
  }
}
