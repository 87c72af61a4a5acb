// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import io.rhizome.node.identity.admission.AdmissionKind;
import io.rhizome.node.identity.admission.Admissions;
import io.rhizome.node.identity.admission.EntryBody;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.policy.ResourceKey;
import java.util.SortedMap;
import java.util.TreeMap;

/** Who belongs, for tests that found no mesh. */
public final class Admits {
  private Admits() {}

  /** Those of that roster. */
  public static Admissions of(Roster roster) {
    SortedMap<ResourceKey, Resource> resources = new TreeMap<>();
    roster.nodes().forEach(entry -> put(resources, AdmissionKind.NODE, entry));
    roster.operators().forEach(entry -> put(resources, AdmissionKind.OPERATOR, entry));
    return Admissions.of(new PolicySnapshot(1, resources));
  }

  private static void put(
      SortedMap<ResourceKey, Resource> resources, AdmissionKind kind, Roster.Entry entry) {
    ResourceKey key = kind.key(entry.id());
    resources.put(key, new Resource(key, 1, EntryBody.of(entry), "test", 0));
  }
}
