// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.resources;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicyException.Code;
import java.util.Optional;

/**
 * Refuses changes that do not follow their kind's schema, and kinds that nobody knows, whoever
 * signed them. What is deleted may be of any kind. Any thread; does not block.
 */
public final class ResourceRules {
  private static final JsonMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(ResourceYaml.MAX_DEPTH)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  /**
   * Passes what follows its schema.
   *
   * @throws PolicyException {@code INVALID}, naming resource and field
   */
  public void check(Change change) throws PolicyException {
    String kind = change.key().kind();
    String body = change.body();
    if (body == null) {
      return;
    }
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("kind", kind).put("name", change.key().name());
    document.set("spec", spec(change, body));
    Optional<Kind> declared = Kind.of(kind);
    Optional<Schemas.Fault> fault =
        declared.isPresent()
            ? Schemas.check(declared.get(), document)
            : InternalKinds.check(kind, document);
    if (fault.isPresent()) {
      throw invalid(change, fault.get().message());
    }
  }

  private static JsonNode spec(Change change, String body) throws PolicyException {
    try {
      JsonNode spec = STRICT.readTree(body);
      if (!CanonicalJson.text(spec).equals(body)) {
        throw invalid(change, "its body is not in canonical form: keys sorted, no spaces");
      }
      return spec;
    } catch (JsonProcessingException e) {
      throw invalid(change, "its body is not JSON: " + e.getOriginalMessage());
    }
  }

  private static PolicyException invalid(Change change, String why) {
    return new PolicyException(Code.INVALID, change.key() + ": " + why);
  }
}
