// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** What Linux counts of a process: see proc(5). */
public final class ProcessCounters {
  /** Linux reports CPU time in hundredths of a second to user space. */
  private static final double TICKS_PER_SECOND = 100;

  /** Threads are named so by HotSpot. */
  private static final Pattern COMPILER = Pattern.compile("^\\d+ \\(C[12] Compiler");

  private static final int USER_TIME = 11;
  private static final int SYSTEM_TIME = 12;

  private ProcessCounters() {}

  /** CPU seconds that all threads of a process have used, in user and in kernel mode. */
  public static double cpuSeconds(long pid) throws IOException {
    return parseCpuSeconds(Files.readString(proc(pid).resolve("stat")));
  }

  /** CPU seconds that a Java process's compilers have used. */
  public static double compilerSeconds(long pid) throws IOException {
    double seconds = 0;
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(proc(pid).resolve("task"))) {
      for (Path thread : threads) {
        seconds += compilerSeconds(thread.resolve("stat"));
      }
    }
    return seconds;
  }

  private static double compilerSeconds(Path stat) throws IOException {
    try {
      String line = Files.readString(stat);
      return COMPILER.matcher(line).find() ? parseCpuSeconds(line) : 0;
    } catch (NoSuchFileException e) {
      return 0; // It has ended.
    }
  }

  /** Reads a line of {@code /proc/PID/stat}; the name in it may hold blanks and brackets. */
  static double parseCpuSeconds(String stat) {
    String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = Long.parseLong(afterName[USER_TIME]) + Long.parseLong(afterName[SYSTEM_TIME]);
    return ticks / TICKS_PER_SECOND;
  }

  /** Resident memory of a process in MB (2^20 bytes). */
  public static double residentMb(long pid) throws IOException {
    return parseResidentMb(Files.readAllLines(proc(pid).resolve("status")));
  }

  /** Reads the lines of {@code /proc/PID/status}. */
  static double parseResidentMb(List<String> status) {
    for (String line : status) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
      }
    }
    throw new IllegalArgumentException("no VmRSS in a process's status");
  }

  private static Path proc(long pid) {
    return Path.of("/proc", String.valueOf(pid));
  }
}
