// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rhizome.gossip.Bytes;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyRecord;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.policy.ResourceKey;
import io.rhizome.node.text.Durations;
import io.rhizome.node.text.Glob;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What policy says of clients, read once per change rather than once per request. Immutable.
 *
 * @param keys by id
 * @param certificates keys whose holders have certificates, by those' hashes
 * @param tenants by name
 * @param meshes what each Mesh resource says; the strictest holds
 * @param routes those that say how old policy may be, by name
 * @param stampMillis the newest leader's stamp that was seen: it was not earlier than that
 */
record AccessIndex(
    Map<String, ApiKey> keys,
    Map<Bytes, ApiKey> certificates,
    Map<String, TenantRules> tenants,
    Map<String, MeshRules> meshes,
    Map<String, AgeRule> routes,
    long stampMillis) {
  static final AccessIndex EMPTY =
      new AccessIndex(Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), 0);

  private static final Logger log = LoggerFactory.getLogger(AccessIndex.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TENANT = "Tenant";
  private static final String MESH = "Mesh";
  private static final String ROUTE = "Route";

  /**
   * What a Mesh resource says.
   *
   * @param clients {@code open}, {@code keys} or empty
   * @param maxAgeNanos how old policy may be; {@link Long#MAX_VALUE} for any age
   */
  record MeshRules(String clients, long maxAgeNanos) {}

  /** How old policy may be for requests for models of such names. */
  record AgeRule(Pattern models, long maxAgeNanos) {}

  AccessIndex {
    keys = Collections.unmodifiableMap(keys);
    certificates = Collections.unmodifiableMap(certificates);
    tenants = Collections.unmodifiableMap(tenants);
    meshes = Collections.unmodifiableMap(meshes);
    routes = Collections.unmodifiableMap(routes);
  }

  static AccessIndex of(PolicySnapshot policy) {
    List<Change> puts = new ArrayList<>();
    long stamp = 0;
    for (Resource resource : policy.resources().values()) {
      puts.add(Change.put(resource.key(), resource.body(), Change.ANY));
      stamp = Math.max(stamp, resource.stampMillis());
    }
    return EMPTY.with(puts, stamp);
  }

  AccessIndex with(PolicyRecord record) {
    return with(record.changes(), record.stampMillis());
  }

  private AccessIndex with(List<Change> changes, long stamp) {
    long newest = Math.max(stampMillis, stamp);
    if (changes.stream().noneMatch(change -> concerns(change.key()))) {
      return new AccessIndex(keys, certificates, tenants, meshes, routes, newest);
    }
    Map<String, ApiKey> nextKeys = new HashMap<>(keys);
    Map<String, TenantRules> nextTenants = new HashMap<>(tenants);
    Map<String, MeshRules> nextMeshes = new HashMap<>(meshes);
    Map<String, AgeRule> nextRoutes = new HashMap<>(routes);
    for (Change change : changes) {
      switch (change.key().kind()) {
        case ApiKey.KIND -> apply(change, nextKeys, AccessIndex::key);
        case TENANT -> apply(change, nextTenants, (name, body) -> TenantRules.of(json(body)));
        case MESH -> apply(change, nextMeshes, (name, body) -> mesh(json(body)));
        case ROUTE -> apply(change, nextRoutes, (name, body) -> ageRule(json(body)));
        default -> {
          // Nothing of clients.
        }
      }
    }
    return new AccessIndex(
        nextKeys, byCertificate(nextKeys), nextTenants, nextMeshes, nextRoutes, newest);
  }

  private static Map<Bytes, ApiKey> byCertificate(Map<String, ApiKey> keys) {
    Map<Bytes, ApiKey> found = new HashMap<>();
    for (ApiKey key : keys.values()) {
      if (key.by() == ApiKey.By.CERTIFICATE) {
        // Two keys of one certificate: the same one on every node.
        found.merge(key.hash(), key, (a, b) -> a.id().compareTo(b.id()) < 0 ? a : b);
      }
    }
    return found;
  }

  private static boolean concerns(ResourceKey key) {
    return List.of(ApiKey.KIND, TENANT, MESH, ROUTE).contains(key.kind());
  }

  /** What a body comes to; null for nothing. */
  private interface Reading<T> {
    @Nullable T read(String name, String body);
  }

  private static <T> void apply(Change change, Map<String, T> all, Reading<T> reading) {
    String name = change.key().name();
    String body = change.body();
    T read = body == null ? null : reading.read(name, body);
    if (read == null) {
      all.remove(name);
    } else {
      all.put(name, read);
    }
  }

  private static @Nullable ApiKey key(String id, String body) {
    try {
      return ApiKey.parse(id, body);
    } catch (IllegalArgumentException e) {
      log.warn("API key {} opens nothing: {}", id, e.getMessage());
      return null;
    }
  }

  private static MeshRules mesh(JsonNode spec) {
    return new MeshRules(
        spec.path("clients").asText(""), nanos(spec.path("policy").path("maxAge")));
  }

  private static @Nullable AgeRule ageRule(JsonNode spec) {
    JsonNode maxAge = spec.path("maxPolicyAge");
    return maxAge.isMissingNode()
        ? null
        : new AgeRule(Glob.compile(spec.path("models").asText()), nanos(maxAge));
  }

  private static long nanos(JsonNode duration) {
    return duration.isMissingNode()
        ? Long.MAX_VALUE
        : Durations.parse(duration.asText())
            .map(TimeUnit.NANOSECONDS::convert)
            .orElseThrow(() -> new IllegalArgumentException("no duration: " + duration));
  }

  private static JsonNode json(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("policy holds JSON only", e);
    }
  }

  /** Whether clients must show a key, at a door where they must unless policy says otherwise. */
  boolean keysRequired(boolean unlessSaid) {
    boolean open = false;
    for (MeshRules mesh : meshes.values()) {
      if (mesh.clients().equals("keys")) {
        return true;
      }
      open |= mesh.clients().equals("open");
    }
    return unlessSaid && !open;
  }

  Optional<TenantRules> tenant(String name) {
    return Optional.ofNullable(tenants.get(name));
  }

  /** How old policy may be for that model; {@link Long#MAX_VALUE} for any age. */
  long maxAgeNanos(String model) {
    long least = Long.MAX_VALUE;
    for (MeshRules mesh : meshes.values()) {
      least = Math.min(least, mesh.maxAgeNanos());
    }
    for (AgeRule route : routes.values()) {
      if (route.maxAgeNanos() < least && route.models().matcher(model).matches()) {
        least = route.maxAgeNanos();
      }
    }
    return least;
  }
}
