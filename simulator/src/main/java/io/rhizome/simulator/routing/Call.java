// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.scheduler.Request;

/**
 * One request of a client.
 *
 * @param number in the order of arrival, from 0
 * @param entry the number of the node that it enters at
 * @param request what is asked
 * @param arrivedNanos when
 * @param deadlineNanos when the client stops waiting
 * @param workNanos how long it runs on an undisturbed worker of speed 1, wherever that is
 */
public record Call(
    long number,
    int entry,
    Request request,
    long arrivedNanos,
    long deadlineNanos,
    double workNanos) {}
