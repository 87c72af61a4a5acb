// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

/**
 * Where a node stands, from its admission record and its site's resource in policy, never from what
 * it says of itself. Empty where not known.
 *
 * @param region such as {@code eu-west}
 * @param site such as {@code plant-7}
 * @param tier such as {@code edge}
 * @param zone whose law holds there: data may be bound to such zones
 * @param securityLevel 0 open to the public to 4 guarded
 * @param pricePerGb what the link from this node's site to that one costs; 0 where it has no price
 * @param energyWeight what a run there weighs for its energy, on a scale of the operator's; {@link
 *     #NO_ENERGY_WEIGHT} where its site says nothing of it
 */
public record Place(
    String region,
    String site,
    String tier,
    String zone,
    int securityLevel,
    double pricePerGb,
    double energyWeight) {
  /** Nobody said what a run there weighs: more than where somebody did. */
  public static final double NO_ENERGY_WEIGHT = Double.POSITIVE_INFINITY;

  /** Nothing is known of it. */
  public static final Place UNKNOWN = new Place("", "", "", "", 0);

  /** One to which bytes go free, and of whose energy nothing is known. */
  public Place(String region, String site, String tier, String zone, int securityLevel) {
    this(region, site, tier, zone, securityLevel, 0, NO_ENERGY_WEIGHT);
  }

  /** The same, at that price. */
  public Place withPrice(double perGb) {
    return new Place(region, site, tier, zone, securityLevel, perGb, energyWeight);
  }

  /** The same, where a run weighs that. */
  public Place withEnergyWeight(double weight) {
    return new Place(region, site, tier, zone, securityLevel, pricePerGb, weight);
  }
}
