// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

/** Why a job's store did not do as asked, and what helps. */
public final class JobException extends Exception {
  private static final long serialVersionUID = 1;

  private final Code code;

  /** What kind of failure it is. */
  public enum Code {
    /** No job has this id. */
    NOT_FOUND,
    /** Another job has this id. */
    CONFLICT,
    /** What was asked makes no sense; the message names the field. */
    INVALID,
    /** An item or a job is larger than may be. */
    TOO_LARGE,
    /** The site's nodes that are here are no majority, or the store is starting: try again. */
    UNAVAILABLE,
    /** No room is left, on disk or within a bound. */
    FULL
  }

  /** Such a failure. */
  public JobException(Code code, String message) {
    super(message);
    this.code = code;
  }

  /** Such a failure. */
  public JobException(Code code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** What kind of failure it is. */
  public Code code() {
    return code;
  }
}
