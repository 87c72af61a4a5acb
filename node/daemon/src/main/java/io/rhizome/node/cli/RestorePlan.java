// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.identity.admission.AdmissionKind;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyLimits;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.policy.ResourceKey;
import io.rhizome.node.resources.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What makes policy what a backup says.
 *
 * <p>What people declare becomes exactly what it was. What is the mesh's own (who belongs to it,
 * and such) is put back where it is missing and was not revoked since, and neither changed nor
 * deleted; of another mesh it is left out. The mesh key and the founding stay as they are.
 *
 * @param steps by resource: created, changed or deleted
 * @param same how many are as they were
 */
record RestorePlan(SortedMap<ResourceKey, Step> steps, int same) {
  /** A proposal has room for this much beside its proof and its resources' names. */
  private static final int COMMIT_BYTES = 44 << 10;

  private static final int NAME_BYTES = 200;

  /**
   * What to do with one resource.
   *
   * @param effect for people
   */
  record Step(String effect, Change change) {}

  static RestorePlan of(PolicySnapshot backup, PolicySnapshot now, boolean sameMesh) {
    SortedMap<ResourceKey, Step> steps = new TreeMap<>();
    int same = 0;
    for (Resource old : backup.resources().values()) {
      Resource present = now.resources().get(old.key());
      if (!declared(old.key()) && (present != null || !sameMesh || barred(old, now))) {
        continue;
      }
      if (present == null) {
        steps.put(old.key(), new Step("created", Change.put(old.key(), old.body(), Change.ABSENT)));
      } else if (present.body().equals(old.body())) {
        same++;
      } else {
        steps.put(
            old.key(), new Step("changed", Change.put(old.key(), old.body(), present.version())));
      }
    }
    for (Resource present : now.resources().values()) {
      if (declared(present.key()) && !backup.resources().containsKey(present.key())) {
        steps.put(
            present.key(), new Step("deleted", Change.delete(present.key(), present.version())));
      }
    }
    return new RestorePlan(steps, same);
  }

  /** Whether policy as it is now does not let that back in. */
  private static boolean barred(Resource old, PolicySnapshot now) {
    Optional<AdmissionKind> kind = AdmissionKind.of(old.key().kind());
    if (kind.isEmpty()) {
      return false;
    }
    String id = old.key().name();
    return switch (kind.get()) {
      case NODE, OPERATOR ->
          now.resources().containsKey(AdmissionKind.REVOKED.key(id))
              || now.list(old.key().kind()).values().stream()
                  .anyMatch(present -> Entries.name(present).equals(Entries.name(old)));
      case REVOKED ->
          now.resources().containsKey(AdmissionKind.NODE.key(id))
              || now.resources().containsKey(AdmissionKind.OPERATOR.key(id));
      case TOKEN -> false;
      case MESH_KEY, FOUNDING -> true;
    };
  }

  private static boolean declared(ResourceKey key) {
    return Kind.of(key.kind()).isPresent();
  }

  /** How many resources that are there now would be lost. */
  long replaced() {
    return steps.values().stream().filter(step -> !step.effect().equals("created")).count();
  }

  /** In commits of allowed size; deletions first, so that there is room. */
  List<List<Change>> commits() {
    List<Change> ordered = new ArrayList<>();
    steps.values().stream()
        .map(Step::change)
        .filter(change -> change.body() == null)
        .forEach(ordered::add);
    steps.values().stream()
        .map(Step::change)
        .filter(change -> change.body() != null)
        .forEach(ordered::add);
    List<List<Change>> commits = new ArrayList<>();
    List<Change> commit = new ArrayList<>();
    int bytes = 0;
    for (Change change : ordered) {
      int size = size(change);
      if (!commit.isEmpty()
          && (commit.size() == PolicyLimits.MAX_CHANGES || bytes + size > COMMIT_BYTES)) {
        commits.add(commit);
        commit = new ArrayList<>();
        bytes = 0;
      }
      commit.add(change);
      bytes += size;
    }
    if (!commit.isEmpty()) {
      commits.add(commit);
    }
    return commits;
  }

  /** How large a commit is, about. */
  static long bytes(List<Change> commit) {
    return commit.stream().mapToLong(RestorePlan::size).sum();
  }

  private static int size(Change change) {
    String body = change.body();
    return NAME_BYTES + (body == null ? 0 : body.getBytes(StandardCharsets.UTF_8).length);
  }
}
