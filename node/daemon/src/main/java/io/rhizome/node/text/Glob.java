// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.text;

import java.util.regex.Pattern;

/** Names in which {@code *} stands for any characters. */
public final class Glob {
  private Glob() {}

  /** What matches such a name. */
  public static Pattern compile(String text) {
    return Pattern.compile("\\Q" + text.replace("*", "\\E.*\\Q") + "\\E");
  }
}
