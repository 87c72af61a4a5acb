// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import io.rhizome.node.executor.InferenceException.Code;

/** What libtorch's exceptions say, in one line that a client can be shown. */
final class TorchErrors {
  private static final int MAX_LENGTH = 300;
  private static final String TRACEBACK = "Traceback of TorchScript";

  private TorchErrors() {}

  /** {@code OUT_OF_MEMORY} where libtorch's allocator refused, else {@code otherwise}. */
  static Code code(Exception e, Code otherwise) {
    String message = String.valueOf(e.getMessage());
    boolean memory = message.contains("DefaultCPUAllocator") || message.contains("bad_alloc");
    return memory ? Code.OUT_OF_MEMORY : otherwise;
  }

  /** As {@link #brief} of the cause behind all others. */
  static String root(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root == e ? brief(e) : brief(e) + ": " + brief(root);
  }

  /** The telling line: the last of a TorchScript traceback, else the first; at most 300 chars. */
  static String brief(Throwable e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    String[] lines =
        message.lines().map(String::strip).filter(l -> !l.isEmpty()).toArray(String[]::new);
    if (lines.length == 0) {
      return e.getClass().getSimpleName();
    }
    String line = message.contains(TRACEBACK) ? lines[lines.length - 1] : lines[0];
    return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "...";
  }
}
