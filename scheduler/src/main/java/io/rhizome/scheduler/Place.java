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
 */
public record Place(
    String region, String site, String tier, String zone, int securityLevel, double pricePerGb) {
  /** Nothing is known of it. */
  public static final Place UNKNOWN = new Place("", "", "", "", 0);

  /** One to which bytes go free. */
  public Place(String region, String site, String tier, String zone, int securityLevel) {
    this(region, site, tier, zone, securityLevel, 0);
  }

  /** The same, at that price. */
  public Place withPrice(double perGb) {
    return new Place(region, site, tier, zone, securityLevel, perGb);
  }
}
