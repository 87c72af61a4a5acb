// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.access;

import io.rhizome.gossip.Bytes;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Finds the key that a secret belongs to. An id that does not exist takes the same steps as a
 * secret that is wrong: one hash, one comparison in constant time.
 */
final class KeyCheck {
  private static final byte[] NOBODYS = new byte[32];

  private final UnaryOperator<Bytes> hash;

  /** Hashes with that, which is {@link ApiKey#sha256} but in tests. */
  KeyCheck(UnaryOperator<Bytes> hash) {
    this.hash = hash;
  }

  Optional<ApiKey> find(Map<String, ApiKey> keys, KeyText shown) {
    ApiKey known = keys.get(shown.id());
    if (known != null && known.by() != ApiKey.By.SECRET) {
      known = null;
    }
    byte[] expected = known == null ? NOBODYS : known.hash().toArray();
    boolean same = MessageDigest.isEqual(expected, hash.apply(shown.secret()).toArray());
    return same ? Optional.ofNullable(known) : Optional.empty();
  }
}
