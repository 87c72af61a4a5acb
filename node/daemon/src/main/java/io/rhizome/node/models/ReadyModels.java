// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.gossip.Residency;
import java.util.List;
import java.util.Optional;

/** What the request path may ask of this node's models: no lock, no waiting, any thread. */
public interface ReadyModels {
  /**
   * The loaded version that serves a request.
   *
   * @param version its counter, 0 for the newest that is loaded
   */
  Optional<Loaded> ready(String name, long version);

  /** What this node holds, by name, oldest version first. */
  List<Residency> resident();
}
