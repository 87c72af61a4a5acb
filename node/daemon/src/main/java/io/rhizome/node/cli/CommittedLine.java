// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.policy.ResourceKey;
import java.io.PrintWriter;

/** Says what one committed change did. */
final class CommittedLine {
  private CommittedLine() {}

  static void print(ResourceKey key, String effect, long version, boolean json, PrintWriter out) {
    if (json) {
      out.println(
          Json.pretty(
              Json.MAPPER
                  .createObjectNode()
                  .put("resource", key.toString())
                  .put("effect", effect)
                  .put("version", version)));
      return;
    }
    out.println(key + " " + effect + "\npolicy version " + version);
  }
}
