// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

/** Why an operation on a model did not succeed; the message is meant for the operator. */
public final class ModelException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What kind of failure; the node maps each to one gRPC and one HTTP status. */
  public enum Code {
    /** No such model or version, here or in view. */
    NOT_FOUND,
    /** The manifest or a file is malformed, or the engine cannot run it. */
    INVALID,
    /** Not for this caller to do. */
    FORBIDDEN,
    /** No trusted key signed it. */
    UNTRUSTED,
    /** The version is taken by another manifest. */
    CONFLICT,
    /** It is loaded; unload it first. */
    STILL_LOADED,
    /** This node takes no more models, or none so large. */
    FULL,
    /** Not enough memory to load. */
    OUT_OF_MEMORY,
    /** This node's disk failed. */
    STORAGE,
    /**
     * Holders cannot be reached, took too long or sent wrong bytes, or this node is busy. Retry.
     */
    UNAVAILABLE
  }

  private final Code code;

  /** A failure of that kind. */
  public ModelException(Code code, String message) {
    super(message);
    this.code = code;
  }

  /** A failure of that kind with its cause. */
  public ModelException(Code code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** What kind of failure. */
  public Code code() {
    return code;
  }
}
