// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many nodes are to vote, by policy's resources of kind {@code Mesh}. */
final class VotersWanted {
  private static final Logger log = LoggerFactory.getLogger(VotersWanted.class);
  private static final int DEFAULT = 3;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private VotersWanted() {}

  /** The most that any of them says; 3 where none does. */
  static int of(PolicySnapshot policy) {
    int wanted = 0;
    for (Resource mesh : policy.list("Mesh").values()) {
      try {
        wanted = Math.max(wanted, JSON.readTree(mesh.body()).path("voters").asInt(0));
      } catch (JsonProcessingException e) {
        log.warn("{} is not understood: {}", mesh.key(), e.getOriginalMessage());
      }
    }
    return wanted == 0 ? DEFAULT : wanted;
  }
}
