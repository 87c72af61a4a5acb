// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.scenario;

/**
 * One virtual second of a run. Pairs are ordered: an observer that runs and another node that runs.
 *
 * @param second its number, from 1
 * @param running nodes that run at its end
 * @param alive pairs seen alive
 * @param suspect pairs seen suspect
 * @param dead pairs seen dead
 * @param joined events in which a node took another in, or back
 * @param suspected events in which a node came to suspect another
 * @param died events in which a node declared another dead
 * @param falseDeaths those of them where the other ran
 * @param packets sent by all
 * @param sentBytes by all, with all headers
 */
public record Row(
    long second,
    int running,
    int alive,
    int suspect,
    int dead,
    int joined,
    int suspected,
    int died,
    int falseDeaths,
    long packets,
    long sentBytes) {}
