// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All of policy at one version. Immutable; any thread.
 *
 * @param version 0 before anything was written
 * @param resources by key
 */
public record PolicySnapshot(long version, SortedMap<ResourceKey, Resource> resources) {
  /** No policy at all. */
  public static final PolicySnapshot EMPTY = new PolicySnapshot(0, Collections.emptySortedMap());

  public PolicySnapshot {
    resources = Collections.unmodifiableSortedMap(new TreeMap<>(resources));
  }

  /** A resource, if it exists. */
  public Optional<Resource> get(String kind, String name) {
    return Optional.ofNullable(resources.get(new ResourceKey(kind, name)));
  }

  /** The resources of a kind, by name. */
  public SortedMap<ResourceKey, Resource> list(String kind) {
    SortedMap<ResourceKey, Resource> all = new TreeMap<>(resources);
    all.keySet().removeIf(key -> !key.kind().equals(kind));
    return all;
  }
}
