// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.identity.Identity;
import org.jspecify.annotations.Nullable;

/**
 * What a client shows.
 *
 * @param apiKey empty for none
 * @param client its key for TLS; null for none
 * @param operator who proves calls that only read too; null for nobody
 */
record Credentials(String apiKey, @Nullable Identity client, @Nullable Identity operator) {
  static final Credentials NONE = new Credentials("", null, null);
}
