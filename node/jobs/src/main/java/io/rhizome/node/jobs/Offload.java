// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import io.rhizome.store.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A run of a job's slices that another site works on, as a job of its own. It stands in the slices'
 * owner, so that every node of this site knows where they are. Immutable.
 *
 * @param site where
 * @param job what it is called there
 * @param base the slice with which it begins: its item 0 is that slice's first
 */
record Offload(String site, JobId job, int base) implements Comparable<Offload> {
  private static final Pattern FORM = Pattern.compile("@(\\d+)/([^/]+)/(.*)", Pattern.DOTALL);
  private static final int ID_CHARS = 40;

  /**
   * A run of slices from {@code base} on. Its id is the same whichever node makes it, and another
   * each time that the slice is claimed anew.
   */
  static Offload of(String from, String to, Job parent, int base, SliceState seen) {
    String name = String.join("\n", from, to, parent.id().text(), base + "", seen.beat() + "");
    String digest = Digest.sha256(name.getBytes(StandardCharsets.UTF_8)).toString();
    return new Offload(to, new JobId("part-" + digest.substring(0, ID_CHARS)), base);
  }

  /** The claimant of its slices. */
  String owner() {
    return "@" + base + "/" + job + "/" + site;
  }

  /** Whose slice that is; empty where this site works on it, or nobody does. */
  static Optional<Offload> of(SliceState state) {
    Matcher parts = FORM.matcher(state.owner());
    return isAway(state) && parts.matches()
        ? Optional.of(
            new Offload(
                parts.group(3), new JobId(parts.group(2)), Integer.parseInt(parts.group(1))))
        : Optional.empty();
  }

  /** Whether another site works on it. */
  static boolean isAway(SliceState state) {
    return state.phase() == SliceState.Phase.CLAIMED && state.owner().startsWith("@");
  }

  /** The job that the other site is given; of that region, where the parent does not know. */
  Job child(Job parent, String from, String region, int slices, long nowMillis) {
    JobSpec spec = parent.spec();
    Slice last = parent.slice(base + slices - 1);
    int items = last.first() + last.count() - first();
    return new Job(
        spec.handedOver(job, from, region, parent.expiresMillis() - nowMillis), items, nowMillis);
  }

  /** The parent's item that is its item 0. */
  int first() {
    return base * Job.SLICE_ITEMS;
  }

  @Override
  public int compareTo(Offload other) {
    return owner().compareTo(other.owner());
  }
}
