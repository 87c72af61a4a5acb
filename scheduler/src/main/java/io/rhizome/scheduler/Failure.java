// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

/**
 * How one attempt of a request ended without an answer.
 *
 * @param kind what may be done about it
 * @param message what happened, for people, such as {@code queue full (64 of 64)}
 */
public record Failure(Kind kind, String message) {
  /** What a failure says about trying elsewhere. */
  public enum Kind {
    /** Refused for lack of room. It provably never reached an executor. */
    OVERLOADED,
    /**
     * Refused for another reason, such as a connection refused, a GOAWAY, or a node that does not
     * hold the model after all. It provably never reached an executor.
     */
    REFUSED,
    /** Lost after bytes went out: it may have run. Retried where the request is repeatable. */
    BROKEN,
    /** No answer within the time that an attempt may take: it may still run. Retried likewise. */
    SILENT,
    /** An answer that would be the same elsewhere: bad input, too large, the model failed on it. */
    FINAL,
    /** The deadline passed. */
    EXPIRED,
    /** The caller gave up. */
    CANCELLED;

    /** Whether it may have run, or may be running, for all that is known. */
    public boolean mayHaveRun() {
      return this == BROKEN || this == SILENT;
    }

    /** Whether the node itself is in doubt: it did not say this, it could not be heard. */
    public boolean wasUnheard() {
      return this == REFUSED || mayHaveRun();
    }

    /** Whether another holder may do better. */
    public boolean retriable() {
      return this == OVERLOADED || this == REFUSED || mayHaveRun();
    }
  }
}
