// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.access;

import io.rhizome.gossip.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An API key as its holder has it: {@code rzk1.ID.SECRET}. Immutable.
 *
 * @param id names it in policy, 16 base32 characters; no secret
 * @param secret 32 random bytes; policy has only their SHA-256
 */
public record KeyText(String id, Bytes secret) {
  /** What every key begins with. */
  public static final String PREFIX = "rzk1.";

  private static final String MARK = "rzk";
  private static final String BEARER = "Bearer ";
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int ID_CHARACTERS = 16;
  private static final int SECRET_BYTES = 32;
  private static final Pattern FORM =
      Pattern.compile("rzk1\\.([a-z2-7]{16})\\.([A-Za-z0-9_-]{43})");

  /** A new key, from a source that nobody can foresee. */
  public static KeyText draw(RandomGenerator random) {
    StringBuilder id = new StringBuilder(ID_CHARACTERS);
    for (int i = 0; i < ID_CHARACTERS; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return new KeyText(id.toString(), Bytes.of(secret));
  }

  /** What {@link #text} wrote; empty for anything else. */
  static Optional<KeyText> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    // 43 characters hold two bits more than 32 bytes; a decoder that minds them says so.
    try {
      byte[] secret =
          Base64.getUrlDecoder().decode(form.group(2).getBytes(StandardCharsets.US_ASCII));
      return Optional.of(new KeyText(form.group(1), Bytes.of(secret)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * The key that a request shows, whole or not; null where it shows none. Other schemes'
   * credentials are no keys.
   *
   * @param authorization the header of that name
   * @param apiKey the header {@code x-api-key}
   */
  public static @Nullable String shown(@Nullable String authorization, @Nullable String apiKey) {
    if (authorization != null
        && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
        && authorization.startsWith(MARK, BEARER.length())) {
      return authorization.substring(BEARER.length());
    }
    return apiKey != null && apiKey.startsWith(MARK) ? apiKey : null;
  }

  /** What its holder sends. */
  public String text() {
    String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(secret.toArray());
    return PREFIX + id + "." + encoded;
  }

  /** Without the secret, for logs. */
  @Override
  public String toString() {
    return PREFIX + id;
  }
}
