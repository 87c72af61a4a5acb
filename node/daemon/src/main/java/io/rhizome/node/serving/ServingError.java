// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.node.access.AccessException;
import io.rhizome.node.jobs.JobException;

/**
 * Why a request failed.
 *
 * @param code which row of the table
 * @param message for the client: what failed, where it went, what to do; cut at {@value
 *     #MAX_MESSAGE} characters, since it travels in headers
 * @param retryNanos when the same request may succeed; 0 for no idea
 */
public record ServingError(ErrorCode code, String message, long retryNanos) {
  private static final int MAX_MESSAGE = 1_000;

  /** An error that says nothing of when to try again. */
  public ServingError(ErrorCode code, String message) {
    this(code, message, 0);
  }

  /** Why a call was not let through. */
  public static ServingError of(AccessException refusal) {
    return new ServingError(ErrorCode.of(refusal.reason()), String.valueOf(refusal.getMessage()));
  }

  /** Why jobs were not done as asked. */
  public static ServingError of(JobException refusal) {
    return new ServingError(ErrorCode.of(refusal.code()), String.valueOf(refusal.getMessage()));
  }

  public ServingError {
    if (message.length() > MAX_MESSAGE) {
      message = message.substring(0, MAX_MESSAGE) + "...";
    }
  }
}
