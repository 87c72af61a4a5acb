// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import java.util.concurrent.CompletionException;

/** Why a proposal was not committed, or why that is not known. */
public final class PolicyException extends Exception {
  private static final long serialVersionUID = 1;

  /** What a stage of a {@link PolicyStore} failed with, whichever stages came after. */
  public static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /** What to do about it. */
  public enum Code {
    /** The proposal is malformed or too large: mend it. */
    INVALID,
    /** The proof does not allow it: ask somebody who may. */
    DENIED,
    /** A resource is at another version than expected: look again and decide anew. */
    CONFLICT,
    /** No majority can be reached: nothing was written; try again later. */
    NO_QUORUM,
    /** It may or may not be committed: propose the same again, under the same id. */
    UNKNOWN,
    /** This node's policy cannot go on, the message says why: mend its disk. */
    FAILED
  }

  private final Code code;

  /** With a message for people. */
  public PolicyException(Code code, String message) {
    super(message);
    this.code = code;
  }

  /** With what caused it. */
  public PolicyException(Code code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** What to do about it. */
  public Code code() {
    return code;
  }
}
