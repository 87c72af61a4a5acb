// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import io.rhizome.node.policy.PolicyException.Code;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The replicated state machine. {@link #decide} changes nothing and depends on nothing but its
 * arguments and what was replayed; {@link #replay} is the only thing that changes anything. So two
 * machines that replayed the same records decide alike. One thread at a time.
 */
public final class PolicyMachine {
  private final SortedMap<ResourceKey, Resource> resources = new TreeMap<>();
  private final Deque<PolicyRecord> records = new ArrayDeque<>();
  private final SortedMap<ProposalId, Long> recent = new TreeMap<>();
  private long version;
  private long stateBytes;
  private long recordsBytes;

  /** A machine that goes on from there. */
  public PolicyMachine(PolicyImage image) {
    restore(image);
  }

  /** Forgets all and goes on from there. */
  public void restore(PolicyImage image) {
    resources.clear();
    records.clear();
    recent.clear();
    recordsBytes = 0;
    version = image.snapshot().version();
    resources.putAll(image.snapshot().resources());
    stateBytes = resources.values().stream().mapToLong(r -> bytes(r.body())).sum();
    image.records().forEach(this::remember);
  }

  /** All that this machine knows. */
  public PolicyImage image() {
    return new PolicyImage(snapshot(), new ArrayList<>(records));
  }

  /** What is in force. */
  public PolicySnapshot snapshot() {
    return new PolicySnapshot(version, resources);
  }

  /** How many records have been replayed since the beginning. */
  public long version() {
    return version;
  }

  /** What to answer, and to write, at that wall clock of the leader's. */
  public Decision decide(Proposal proposal, long stampMillis) {
    Long before = recent.get(proposal.id());
    if (before != null) {
      return new Decision.Repeated(before);
    }
    if (proposal.basis() > version || proposal.basis() < oldestBasis()) {
      return new Decision.Refused(
          Code.CONFLICT,
          "made at policy version %d, which is now %d; look again"
              .formatted(proposal.basis(), version));
    }
    String why = tooLarge(proposal);
    if (why != null) {
      return new Decision.Refused(Code.INVALID, why);
    }
    for (Change change : proposal.changes()) {
      why = conflict(change);
      if (why != null) {
        return new Decision.Refused(Code.CONFLICT, why);
      }
    }
    return new Decision.Commit(
        new PolicyRecord(
            version + 1,
            proposal.id(),
            proposal.proof().author(),
            stampMillis,
            proposal.changes()));
  }

  /**
   * Makes it so.
   *
   * @throws IllegalArgumentException where it is not the next version
   */
  public void replay(PolicyRecord record) {
    if (record.version() != version + 1) {
      throw new IllegalArgumentException(
          "version %d cannot follow %d".formatted(record.version(), version));
    }
    version = record.version();
    for (Change change : record.changes()) {
      Resource old =
          change.body() == null
              ? resources.remove(change.key())
              : resources.put(
                  change.key(),
                  new Resource(
                      change.key(), version, change.body(), record.author(), record.stampMillis()));
      stateBytes += bytes(change.body()) - (old == null ? 0 : bytes(old.body()));
    }
    remember(record);
  }

  /** Of older proposals it is no longer known whether they were committed before. */
  private long oldestBasis() {
    PolicyRecord oldest = records.peekFirst();
    return oldest == null ? version : oldest.version() - 1;
  }

  private void remember(PolicyRecord record) {
    records.addLast(record);
    recent.put(record.id(), record.version());
    recordsBytes += bytes(record);
    while (records.size() > PolicyLimits.MAX_RECORDS
        || recordsBytes > PolicyLimits.MAX_RECORDS_BYTES) {
      PolicyRecord gone = records.removeFirst();
      recent.remove(gone.id());
      recordsBytes -= bytes(gone);
    }
  }

  private @Nullable String tooLarge(Proposal proposal) {
    long resourcesAfter = resources.size();
    long bytesAfter = stateBytes;
    for (Change change : proposal.changes()) {
      long size = bytes(change.body());
      if (size > PolicyLimits.MAX_BODY_BYTES) {
        return "%s has %d bytes, at most %d are allowed"
            .formatted(change.key(), size, PolicyLimits.MAX_BODY_BYTES);
      }
      Resource old = resources.get(change.key());
      bytesAfter += size - (old == null ? 0 : bytes(old.body()));
      resourcesAfter += (change.body() == null ? 0 : 1) - (old == null ? 0 : 1);
    }
    if (resourcesAfter > PolicyLimits.MAX_RESOURCES || bytesAfter > PolicyLimits.MAX_STATE_BYTES) {
      return "policy would have %d resources of %d bytes, at most %d of %d are allowed; delete some"
          .formatted(
              resourcesAfter, bytesAfter, PolicyLimits.MAX_RESOURCES, PolicyLimits.MAX_STATE_BYTES);
    }
    return null;
  }

  private @Nullable String conflict(Change change) {
    Resource now = resources.get(change.key());
    long found = now == null ? Change.ABSENT : now.version();
    if (change.body() == null && now == null) {
      return change.key() + " does not exist";
    }
    if (change.expected() == Change.ANY || change.expected() == found) {
      return null;
    }
    return now == null
        ? "%s: expected version %d, but it does not exist"
            .formatted(change.key(), change.expected())
        : "%s: expected version %d, found %d, by %s at %s"
            .formatted(
                change.key(),
                change.expected(),
                found,
                now.author(),
                Instant.ofEpochMilli(now.stampMillis()));
  }

  private static long bytes(@Nullable String body) {
    return body == null ? 0 : body.getBytes(StandardCharsets.UTF_8).length;
  }

  private static long bytes(PolicyRecord record) {
    return record.changes().stream().mapToLong(change -> bytes(change.body())).sum();
  }
}
