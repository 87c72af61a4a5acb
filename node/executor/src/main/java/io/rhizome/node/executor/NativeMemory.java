// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives memory that native code freed back to the operating system. */
final class NativeMemory {
  private static final Logger log = LoggerFactory.getLogger(NativeMemory.class);

  private NativeMemory() {}

  /** Calls glibc's {@code malloc_trim(0)}; does nothing with another C library. */
  static void trim() {
    try {
      Function trim = NativeLibrary.getInstance("c").getFunction("malloc_trim");
      trim.invokeInt(new Object[] {0L});
    } catch (UnsatisfiedLinkError e) {
      log.debug("this C library has no malloc_trim", e);
    }
  }
}
