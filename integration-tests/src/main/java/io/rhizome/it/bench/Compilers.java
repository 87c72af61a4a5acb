// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How busy the compilers of nodes and of this process are: while they are, code is slower than it
 * will be, and they take the cores from it. For one thread.
 */
public final class Compilers {
  /** Where they use no more of a core than this, the code is about as fast as it gets. */
  public static final double DONE = 0.1;

  private final List<Long> pids;
  private double seconds;
  private long nanos;

  /** Those of these processes and this one, from now on. */
  public Compilers(List<Long> pids) throws IOException {
    this.pids = new ArrayList<>(pids);
    this.pids.add(ProcessHandle.current().pid());
    double unused = coresSinceLast();
  }

  /** What has code compiled. */
  public interface Spell {
    /**
     * Does it.
     *
     * @param number of the spell, from 1
     * @return what to tell of it
     */
    String run(int number) throws IOException, InterruptedException;
  }

  /** Repeats that until the compilers were about done in one spell, so often at most. */
  public void awaitDone(int most, Spell spell) throws IOException, InterruptedException {
    double cores = 1;
    for (int i = 1; i <= most && cores > DONE; i++) {
      String told = spell.run(i);
      cores = coresSinceLast();
      System.out.printf("  %s: compilers used %.2f cores%n", told, cores);
    }
  }

  /** How many cores they used since this was asked last. */
  private double coresSinceLast() throws IOException {
    double before = seconds;
    long from = nanos;
    seconds = 0;
    for (long pid : pids) {
      seconds += ProcessCounters.compilerSeconds(pid);
    }
    nanos = System.nanoTime();
    return (seconds - before) / ((nanos - from) / 1e9);
  }
}
