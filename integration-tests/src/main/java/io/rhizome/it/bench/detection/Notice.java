// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.detection;

import io.rhizome.it.GossipProcess;

/**
 * One node noticed something of another.
 *
 * @param atNanos from the start of the schedule
 * @param observer which node, from 1
 * @param kind what
 * @param subject of which node, from 1
 */
record Notice(long atNanos, int observer, GossipProcess.Kind kind, int subject) {}
