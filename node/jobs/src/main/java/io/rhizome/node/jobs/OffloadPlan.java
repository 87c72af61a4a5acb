// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import io.rhizome.node.jobs.OtherSites.Offer;
import io.rhizome.node.jobs.Placement.Objective;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which sites work on a job. Those do whose nodes hold its model and that are best by its
 * objective: by price or by weight of energy, or all of them. Where this site is one of them, it
 * works on what it has, where the data is, and others take their share only of what is more than
 * its nodes have {@value #AHEAD} slices of each. Where it is none, all of it goes elsewhere. No
 * site is given more than {@value #MOST} slices at a time: the next when those are done. What a
 * site handed over is not handed on.
 *
 * @param elsewhere why this site does not work on it itself; empty where it does
 * @param shares how many slices to hand to which site now
 */
record OffloadPlan(Optional<String> elsewhere, SortedMap<String, Integer> shares) {
  /** Slices that are worth their way at least. */
  static final int LEAST = 4;

  /** Slices that a site has of a job at most. */
  static final int MOST = 64;

  /** Slices that each of this site's nodes keeps. */
  static final int AHEAD = 32;

  /** All is done here. */
  private static final OffloadPlan HERE = new OffloadPlan(Optional.empty(), new TreeMap<>());

  /**
   * What to do about a job.
   *
   * @param open slices that nobody works on
   * @param busy sites that work on some of it
   */
  static OffloadPlan of(Job job, List<Offer> offers, int open, Set<String> busy) {
    Objective objective = job.spec().placement().objective();
    double best = offers.stream().mapToDouble(offer -> weight(objective, offer)).min().orElse(0);
    List<Offer> good =
        offers.stream()
            .filter(offer -> weight(objective, offer) <= best)
            .sorted(Comparator.comparing(Offer::site))
            .toList();
    if (good.isEmpty() || !job.spec().source().site().isEmpty()) {
      return HERE;
    }
    int own = good.get(0).site().isEmpty() ? good.get(0).nodes() : 0;
    int nodes = good.stream().mapToInt(Offer::nodes).sum();
    int spare = open - own * AHEAD;
    SortedMap<String, Integer> shares = new TreeMap<>();
    for (Offer offer : good) {
      // Where nobody works on it here, none may be left over.
      int rounding = own == 0 ? nodes - 1 : 0;
      long share = Math.min(MOST, ((long) spare * offer.nodes() + rounding) / nodes);
      if (share >= (own == 0 ? 1 : LEAST)
          && !offer.site().isEmpty()
          && !busy.contains(offer.site())) {
        shares.put(offer.site(), (int) share);
      }
    }
    return new OffloadPlan(own > 0 ? Optional.empty() : Optional.of(why(good)), shares);
  }

  private static double weight(Objective objective, Offer offer) {
    return switch (objective) {
      case LATENCY -> 0;
      case COST -> offer.pricePerGb();
      case ENERGY -> offer.energyWeight();
    };
  }

  private static String why(List<Offer> good) {
    return "its items go to "
        + String.join(", ", good.stream().map(offer -> "site " + offer.site()).toList());
  }
}
