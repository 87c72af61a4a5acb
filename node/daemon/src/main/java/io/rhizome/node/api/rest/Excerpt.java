// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import org.jspecify.annotations.Nullable;

/** A client's own words in a complaint: enough of them to be found again. */
final class Excerpt {
  private static final int MAX_CHARACTERS = 60;

  private Excerpt() {}

  static String of(@Nullable String text) {
    if (text == null) {
      return "nothing";
    }
    return text.length() <= MAX_CHARACTERS
        ? "'" + text + "'"
        : "'" + text.substring(0, MAX_CHARACTERS) + "...'";
  }
}
