// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.ResourceKey;

/**
 * The body of {@code Founding}.
 *
 * @param founder the node that was the first voter
 * @param mesh what proposals must be for: the mesh's id
 */
record FoundingBody(NodeId founder, String mesh) {
  String text() {
    ObjectNode body = Body.MAPPER.createObjectNode();
    body.put("founder", founder.toString());
    body.put("mesh", Body.requireName("mesh", mesh));
    return body.toString();
  }

  static FoundingBody parse(ResourceKey key, String body) {
    JsonNode json = Body.read(key, body);
    FoundingBody founding =
        new FoundingBody(NodeId.parse(json.path("founder").asText()), json.path("mesh").asText());
    Body.requireSame(key, body, founding.text());
    return founding;
  }
}
