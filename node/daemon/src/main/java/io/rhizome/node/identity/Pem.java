// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import java.util.Base64;
import java.util.Optional;

/** Textual encoding of keys and certificates (RFC 7468). */
final class Pem {
  private static final int LINE = 64;

  private Pem() {}

  static String block(String label, byte[] der) {
    String body = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(der);
    return begin(label) + "\n" + body + "\n" + end(label) + "\n";
  }

  /** The first block of that label; {@link IllegalArgumentException} if it is not base64. */
  static Optional<byte[]> find(String label, String text) {
    int begin = text.indexOf(begin(label));
    int end = text.indexOf(end(label));
    if (begin < 0 || end < begin) {
      return Optional.empty();
    }
    String body = text.substring(begin + begin(label).length(), end).replaceAll("\\s", "");
    return Optional.of(Base64.getDecoder().decode(body));
  }

  private static String begin(String label) {
    return "-----BEGIN " + label + "-----";
  }

  private static String end(String label) {
    return "-----END " + label + "-----";
  }
}
