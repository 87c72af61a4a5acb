// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import org.jspecify.annotations.Nullable;

/** RFC 8785 section 3.2.2.2: control characters without a short form as four lower-case digits. */
final class CanonicalEscapes extends CharacterEscapes {
  private static final long serialVersionUID = 1L;
  private static final int FIRST_PRINTABLE = 0x20;

  @Override
  public int[] getEscapeCodesForAscii() {
    int[] codes = CharacterEscapes.standardAsciiEscapesForJSON();
    for (int i = 0; i < codes.length; i++) {
      if (codes[i] == ESCAPE_STANDARD) {
        codes[i] = ESCAPE_CUSTOM;
      }
    }
    return codes;
  }

  @Override
  public @Nullable SerializableString getEscapeSequence(int character) {
    // Asked for every character beyond ASCII too; those are written as they are.
    return character >= FIRST_PRINTABLE
        ? null
        : new SerializedString("\\u%04x".formatted(character));
  }
}
