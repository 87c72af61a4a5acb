// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.access;

/** Why a call is not let through; the message is for the client. */
public final class AccessException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** What the client can do about it. */
  public enum Reason {
    /** It shows no key, or one that is no good: show one that is. */
    NO_KEY,
    /** Its key is good, but not for this: ask an operator. */
    NOT_ALLOWED,
    /** It asked for too much, or guessed: wait. */
    TOO_MANY,
    /** This node must not answer with policy as old as it has: ask another node, or wait. */
    STALE_POLICY
  }

  AccessException(Reason reason, String message) {
    // An answer, not a defect, and anybody can ask for many: no stack trace.
    super(message, null, false, false);
    this.reason = reason;
  }

  /** What the client can do about it. */
  public Reason reason() {
    return reason;
  }
}
