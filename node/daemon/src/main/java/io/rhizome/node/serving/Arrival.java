// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.scheduler.Request;
import java.util.concurrent.ScheduledExecutorService;

/**
 * A request as it came through one of the doors.
 *
 * @param message the encoded {@code ModelInferRequest}; nobody writes to it
 * @param request what routing may know of it
 * @param deadlineNanos when it must have ended, on the {@link System#nanoTime()} scale
 * @param loop the event loop of the connection it came on: timers run there, and forwarding stays
 *     on it
 */
@SuppressWarnings("ArrayRecordComponent") // Passed along once; never compared or hashed.
public record Arrival(
    byte[] message, Request request, long deadlineNanos, ScheduledExecutorService loop) {}
