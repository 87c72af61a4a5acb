// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.CodedOutputStream;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.PolicyStore;
import io.rhizome.node.policy.PolicyWatcher;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What clients call models, by policy's resources of kind {@code Model}: a name stands for some
 * versions of a model, and requests that name no version are split among them. The entry node
 * decides, once; beyond it a request has the model's own name and one version. What tenants may use
 * is by that name too. Any thread; does not block.
 */
public final class ModelNames {
  private static final Logger log = LoggerFactory.getLogger(ModelNames.class);
  private static final String KIND = "Model";
  private static final int WHOLE = 100;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private volatile SortedMap<String, Name> names = Collections.emptySortedMap();

  /**
   * What to run.
   *
   * @param version 0 for the newest
   */
  public record Target(String model, long version) {}

  /** One name: percents are by version, and empty where the newest version gets all. */
  private record Name(String model, SortedSet<Long> versions, SortedMap<Long, Integer> percents) {}

  /** By that policy, from now on. */
  public static ModelNames over(PolicyStore store) {
    ModelNames names = new ModelNames();
    var unused = PolicyWatcher.ofKinds(store, KIND::equals, names::take);
    return names;
  }

  private void take(PolicySnapshot policy) {
    SortedMap<String, Name> next = new TreeMap<>();
    for (Resource resource : policy.list(KIND).values()) {
      try {
        next.put(resource.key().name(), name(resource));
      } catch (JsonProcessingException e) {
        log.warn("{} is not understood: {}", resource.key(), e.getOriginalMessage());
      }
    }
    names = next;
  }

  private static Name name(Resource resource) throws JsonProcessingException {
    JsonNode spec = JSON.readTree(resource.body());
    SortedSet<Long> versions = new TreeSet<>();
    spec.path("versions").forEach(version -> versions.add(version.asLong()));
    SortedMap<Long, Integer> percents = new TreeMap<>();
    spec.path("traffic")
        .forEach(
            share -> percents.put(share.path("version").asLong(), share.path("percent").asInt()));
    return new Name(spec.path("model").asText(resource.key().name()), versions, percents);
  }

  /**
   * What that name and version mean for one request; itself where policy does not say. Empty where
   * the name stands for other versions.
   *
   * @param version 0 where the client leaves it open
   * @param random picks one of the versions that traffic is split among
   */
  public Optional<Target> resolve(String model, long version, RandomGenerator random) {
    Name name = names.get(model);
    if (name == null || name.versions().isEmpty()) {
      return Optional.of(new Target(model, version));
    }
    if (version != 0) {
      return name.versions().contains(version)
          ? Optional.of(new Target(name.model(), version))
          : Optional.empty();
    }
    return Optional.of(new Target(name.model(), picked(name, random)));
  }

  /** What to tell a client of that name, whose requests may be split among more. */
  public Target newest(String model, long version) {
    Name name = names.get(model);
    return name == null || name.versions().isEmpty()
        ? new Target(model, version)
        : new Target(name.model(), version == 0 ? name.versions().last() : version);
  }

  private static long picked(Name name, RandomGenerator random) {
    int left = name.percents().isEmpty() ? 0 : random.nextInt(WHOLE);
    for (var share : name.percents().entrySet()) {
      left -= share.getValue();
      if (left < 0) {
        return share.getKey();
      }
    }
    return name.versions().last();
  }

  /**
   * The same request for that model and version. Of a protobuf field that comes twice the last
   * counts, so the two are written behind the message, whose tensors nobody has to look at.
   */
  public static byte[] renamed(byte[] message, Target target) {
    String version = Long.toString(target.version());
    int size =
        CodedOutputStream.computeStringSize(
                ModelInferRequest.MODEL_NAME_FIELD_NUMBER, target.model())
            + CodedOutputStream.computeStringSize(
                ModelInferRequest.MODEL_VERSION_FIELD_NUMBER, version);
    byte[] renamed = Arrays.copyOf(message, message.length + size);
    CodedOutputStream out = CodedOutputStream.newInstance(renamed, message.length, size);
    try {
      out.writeString(ModelInferRequest.MODEL_NAME_FIELD_NUMBER, target.model());
      out.writeString(ModelInferRequest.MODEL_VERSION_FIELD_NUMBER, version);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException("an array has room for what was counted", e);
    }
    return renamed;
  }
}
