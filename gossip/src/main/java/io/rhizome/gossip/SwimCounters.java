// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

/**
 * Counts since the start.
 *
 * @param refutations accusations of this node that it answered with a new incarnation
 * @param recordsRejected records whose signature failed, whose owner is not admitted, or whose
 *     value is malformed
 * @param recordsOverCap records and members that a bound kept out
 * @param membersDied members declared dead here
 * @param accusationsDoubted accusations that made this node avoid nobody, since their author
 *     accuses too many alone
 */
public record SwimCounters(
    long refutations,
    long recordsRejected,
    long recordsOverCap,
    long membersDied,
    long accusationsDoubted) {}
