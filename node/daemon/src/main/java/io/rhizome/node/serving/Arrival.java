// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.scheduler.Request;
import org.jspecify.annotations.Nullable;

/**
 * A request as it came through one of the doors.
 *
 * @param message the encoded {@code ModelInferRequest}; nobody writes to it
 * @param request what routing may know of it
 * @param deadlineNanos when it must have ended, on the {@link System#nanoTime()} scale
 * @param timers where its deadline is kept: those of the connection it came on
 * @param caller the caller's span; null where it told none, or nobody asks
 */
@SuppressWarnings("ArrayRecordComponent") // Passed along once; never compared or hashed.
public record Arrival(
    byte[] message,
    Request request,
    long deadlineNanos,
    Timers timers,
    @Nullable TraceContext caller) {}
