// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.config.ConfigException;
import io.rhizome.node.policy.ResourceKey;
import java.io.IOException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whose policy to read or change, with whose key, and how to print. */
final class PolicyOption {
  @Mixin NodeOption node = new NodeOption();
  @Mixin OperatorOption operator = new OperatorOption();

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  /** Connects and reads policy; the caller closes. */
  PolicyView open() throws IOException {
    return PolicyView.read(node, operator.load());
  }

  /** What {@code KIND/NAME} means. */
  static ResourceKey key(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new ConfigException("'" + text + "' is not KIND/NAME, such as Model/digits");
    }
    return new ResourceKey(text.substring(0, slash), text.substring(slash + 1));
  }
}
