// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Other sites, as far as the mesh reaches them, and what they do for this one: a part of a job that
 * is handed over is a job of theirs, of whatever id its giver chose. Calls block, within seconds
 * for each piece sent; any thread but an event loop's. {@link IOException} where a site is not
 * reached.
 */
public interface OtherSites {
  /**
   * A site whose nodes may run a job's items now.
   *
   * @param site its name; empty for this one
   * @param nodes how many of its nodes hold the model, and may run it
   * @param pricePerGb of the link there
   * @param energyWeight what a run there weighs
   */
  record Offer(String site, int nodes, double pricePerGb, double energyWeight) {}

  /** The sites that may run that job's items now, this one included; does not block. */
  List<Offer> offers(Job job);

  /** Whether any of its nodes is reached now; does not block. */
  boolean reaches(String site);

  /** Hands items over, as that job; returns once the site has accepted it. */
  void handOver(String site, Job job, Items items) throws IOException;

  /** What is handed over, read as it is sent. */
  interface Items {
    /** Calls it with each item, in order. */
    void forEach(Taker taker) throws IOException;
  }

  /** Takes items. */
  interface Taker {
    /** The next. */
    void take(byte[] item) throws IOException;
  }

  /** How far that job is there; empty where the site knows none of that id. */
  Optional<Progress> progress(String site, JobId job) throws IOException;

  /**
   * How far a job is.
   *
   * @param done items that have a result
   * @param cancelled whether it was given up there
   */
  record Progress(int done, boolean cancelled) {}

  /** Results that there are of so many items from that one on, in their order. */
  List<ItemResult> results(String site, JobId job, int first, int count) throws IOException;

  /** Gives a job up there. */
  void cancel(String site, JobId job) throws IOException;
}
