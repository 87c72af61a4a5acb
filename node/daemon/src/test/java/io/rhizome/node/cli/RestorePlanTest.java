// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.Roster;
import io.rhizome.node.identity.admission.AdmissionKind;
import io.rhizome.node.identity.admission.EntryBody;
import io.rhizome.node.identity.admission.RevokedBody;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.policy.ResourceKey;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RestorePlanTest {
  @TempDir Path dir;
  private final SortedMap<ResourceKey, Resource> backup = new TreeMap<>();
  private final SortedMap<ResourceKey, Resource> now = new TreeMap<>();
  private ResourceKey node;
  private String body;

  @BeforeEach
  void aNodeInTheBackup() throws Exception {
    Identity identity = Identity.loadOrCreate(dir.resolve("node.key"));
    Roster.Entry entry = Roster.Entry.of("node-4", identity, new TreeMap<>());
    node = AdmissionKind.NODE.key(entry.id());
    body = EntryBody.of(entry);
    put(backup, node, body);
    put(backup, AdmissionKind.MESH_KEY.only(), "{}");
    put(backup, AdmissionKind.FOUNDING.only(), "{}");
  }

  private static void put(SortedMap<ResourceKey, Resource> map, ResourceKey key, String body) {
    map.put(key, new Resource(key, 1, body, "operator:a", 0));
  }

  private RestorePlan plan(boolean sameMesh) {
    return RestorePlan.of(new PolicySnapshot(9, backup), new PolicySnapshot(5, now), sameMesh);
  }

  @Test
  void whoBelongedIsPutBackWhereItIsMissing() {
    assertThat(plan(true).steps()).containsOnlyKeys(node);
    assertThat(plan(false).steps()).isEmpty();
  }

  @Test
  void whoWasRevokedSinceStaysOut() {
    put(now, AdmissionKind.REVOKED.key(node.name()), new RevokedBody("node-4", "lost").text());
    assertThat(plan(true).steps()).isEmpty();
  }

  @Test
  void aNameThatAnotherHasNowIsNotGivenTwice() throws Exception {
    Identity other = Identity.loadOrCreate(dir.resolve("other.key"));
    put(
        now,
        AdmissionKind.NODE.key(other.nodeId()),
        EntryBody.of(Roster.Entry.of("node-4", other, new TreeMap<>())));
    assertThat(plan(true).steps()).isEmpty();
  }
}
