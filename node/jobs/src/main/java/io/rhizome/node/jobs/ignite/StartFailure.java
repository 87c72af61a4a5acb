// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs.ignite;

import java.util.List;
import java.util.Locale;

/** Why Ignite did not start, as far as its exceptions tell. */
enum StartFailure {
  /** The cluster's history and this store's are not one. */
  WENT_ANOTHER_WAY,
  /** The store cannot be read. */
  DAMAGED,
  /** Something else, such as a port in use or a full disk: it may go away. */
  OTHER;

  private static final List<String> ANOTHER_WAY =
      List.of("baselinetopology", "baseline topology", "not compatible", "distributed metastorage");
  private static final List<String> FULL = List.of("no space left", "quota exceeded");
  private static final List<String> PASSES = List.of("read-only file system");
  private static final List<String> BROKEN =
      List.of("corrupt", "crc", "page store", "failed to read page", "wal record", "checkpoint");

  static StartFailure of(Throwable error) {
    String all = all(error);
    if (isFull(all) || PASSES.stream().anyMatch(all::contains)) {
      return OTHER;
    }
    if (ANOTHER_WAY.stream().anyMatch(all::contains)) {
      return WENT_ANOTHER_WAY;
    }
    return BROKEN.stream().anyMatch(all::contains) ? DAMAGED : OTHER;
  }

  /** Whether these words tell of a full disk. */
  static boolean isFull(String words) {
    String all = words.toLowerCase(Locale.ROOT);
    return FULL.stream().anyMatch(all::contains);
  }

  /** The innermost message. */
  static String reason(Throwable error) {
    String reason = error.getClass().getSimpleName();
    for (Throwable each = error; each != null; each = each.getCause()) {
      String message = each.getMessage();
      reason = message == null ? reason : message;
    }
    return reason;
  }

  private static String all(Throwable error) {
    StringBuilder text = new StringBuilder();
    for (Throwable each = error; each != null; each = each.getCause()) {
      text.append(each.getClass().getSimpleName()).append(' ').append(each.getMessage());
      text.append(' ');
    }
    return text.toString().toLowerCase(Locale.ROOT);
  }
}
