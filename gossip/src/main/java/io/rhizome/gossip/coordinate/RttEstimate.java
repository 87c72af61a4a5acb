// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.coordinate;

/**
 * A round trip that was not measured.
 *
 * @param rttNanos the estimate, above 0
 * @param errorNanos how far off it typically is, either way; as large as the estimate, and larger,
 *     where one of the two has not found its place yet
 */
public record RttEstimate(long rttNanos, long errorNanos) {}
