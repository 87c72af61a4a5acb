// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import org.jspecify.annotations.Nullable;

/** Why a load or an inference did not succeed; the message is meant for the client. */
public final class InferenceException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What kind of failure; the node maps each to one gRPC and one HTTP status. */
  public enum Code {
    /** The inputs do not match the manifest. Nothing ran. */
    INVALID_ARGUMENT,
    /** The model or version is not loaded here. Nothing ran. */
    NOT_LOADED,
    /** The queue is full. Nothing ran; try elsewhere or later. */
    OVERLOADED,
    /** The deadline passed before or while it ran. */
    DEADLINE_EXCEEDED,
    /** The caller cancelled. */
    CANCELLED,
    /** The model ran and failed on this input. Trying again will not help. */
    MODEL_FAILED,
    /** The file cannot be loaded by its engine. */
    UNLOADABLE,
    /** Not enough memory to load. */
    OUT_OF_MEMORY,
    /** The executor is closed or closing. Nothing ran. */
    CLOSED
  }

  private final Code code;

  /** A failure of that kind. */
  public InferenceException(Code code, String message) {
    super(message);
    this.code = code;
  }

  /** A failure of that kind with its cause. */
  public InferenceException(Code code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** What kind of failure. */
  public Code code() {
    return code;
  }
}
