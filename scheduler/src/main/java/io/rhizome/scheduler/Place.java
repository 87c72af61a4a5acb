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
 */
public record Place(String region, String site, String tier, String zone, int securityLevel) {
  /** Nothing is known of it. */
  public static final Place UNKNOWN = new Place("", "", "", "", 0);
}
