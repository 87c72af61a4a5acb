// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Where a node's public gRPC port is, and how to speak to it. Immutable.
 *
 * @param endpoint its address
 * @param key the key that must be at the far end of TLS; null for plain text
 */
record NodeAddress(Endpoint endpoint, @Nullable NodeId key) {
  private static final String TLS = "tls://";

  /** Reads {@code HOST:PORT} or {@code tls://HOST:PORT#ID}. */
  static NodeAddress parse(String text) {
    try {
      if (!text.startsWith(TLS)) {
        return new NodeAddress(Endpoint.parse(text), null);
      }
      int mark = text.indexOf('#');
      if (mark < 0) {
        throw new ConfigException(
            "'%s' does not say whose key to expect: write tls://HOST:PORT#ID with the node's id, which it logs when it starts"
                .formatted(text));
      }
      return new NodeAddress(
          Endpoint.parse(text.substring(TLS.length(), mark)),
          NodeId.parse(text.substring(mark + 1)));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "'%s' is neither HOST:PORT nor tls://HOST:PORT#ID: %s".formatted(text, e.getMessage()),
          e);
    }
  }

  /** What {@link #parse} reads. */
  @Override
  public String toString() {
    return key == null ? endpoint.toString() : TLS + endpoint + "#" + key;
  }
}
