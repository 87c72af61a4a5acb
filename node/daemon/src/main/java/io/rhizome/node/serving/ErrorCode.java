// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.grpc.Status;
import io.rhizome.node.access.AccessException;
import io.rhizome.node.executor.InferenceException;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.models.ModelException;
import io.rhizome.node.protocol.HopReport.Outcome;
import io.rhizome.scheduler.DispatchError;
import io.rhizome.scheduler.Failure;

/**
 * Every way in which a request can fail, with what clients and peers are told: the one table of
 * errors.
 */
public enum ErrorCode {
  /** Malformed, or of the wrong shape or datatype. */
  INVALID(Status.Code.INVALID_ARGUMENT, 400, Outcome.FINAL, false),
  /** The caller has to say who it is. */
  UNAUTHENTICATED(Status.Code.UNAUTHENTICATED, 401, Outcome.FINAL, false),
  /** Not for this caller. */
  FORBIDDEN(Status.Code.PERMISSION_DENIED, 403, Outcome.FINAL, false),
  /**
   * No such model or version in the mesh. A peer asked by mistake says so, and another may know
   * better.
   */
  UNKNOWN_MODEL(Status.Code.NOT_FOUND, 404, Outcome.REFUSED, false),
  /** No job has that id, or none that this caller may see. */
  UNKNOWN_JOB(Status.Code.NOT_FOUND, 404, Outcome.FINAL, false),
  /** Another job has that id. */
  CONFLICT(Status.Code.ALREADY_EXISTS, 409, Outcome.FINAL, false),
  /** Request or response larger than a node takes. Trying again will not help. */
  TOO_LARGE(Status.Code.RESOURCE_EXHAUSTED, 413, Outcome.FINAL, false),
  /** No room now. */
  OVERLOADED(Status.Code.RESOURCE_EXHAUSTED, 429, Outcome.OVERLOADED, true),
  /** Not enough memory, or no place, to load a model. */
  NO_ROOM(Status.Code.RESOURCE_EXHAUSTED, 507, Outcome.FINAL, false),
  /** The model ran and failed on this input. */
  MODEL_FAILED(Status.Code.INTERNAL, 500, Outcome.FINAL, false),
  /** Nobody reachable could serve it. */
  UNAVAILABLE(Status.Code.UNAVAILABLE, 503, Outcome.REFUSED, true),
  /** It may have run at a node that was lost: whether it may run again is for the client to say. */
  MAY_HAVE_RUN(Status.Code.UNKNOWN, 502, Outcome.BROKEN, false),
  /** The deadline passed. */
  DEADLINE_EXCEEDED(Status.Code.DEADLINE_EXCEEDED, 504, Outcome.EXPIRED, false),
  /** The caller gave up. */
  CANCELLED(Status.Code.CANCELLED, 499, Outcome.CANCELLED, false),
  /** A defect of this node. */
  INTERNAL(Status.Code.INTERNAL, 500, Outcome.FINAL, false);

  private final Status.Code grpc;
  private final int http;
  private final Outcome outcome;
  private final boolean retryLater;

  ErrorCode(Status.Code grpc, int http, Outcome outcome, boolean retryLater) {
    this.grpc = grpc;
    this.http = http;
    this.outcome = outcome;
    this.retryLater = retryLater;
  }

  /** The status that gRPC clients get. */
  public Status.Code grpc() {
    return grpc;
  }

  /** The status that HTTP clients get. */
  public int http() {
    return http;
  }

  /** What a peer that forwarded the request is told. */
  public Outcome outcome() {
    return outcome;
  }

  /** Whether the same request may succeed a little later. */
  public boolean retryLater() {
    return retryLater;
  }

  static ErrorCode of(InferenceException.Code code) {
    return switch (code) {
      case INVALID_ARGUMENT -> INVALID;
      case OVERLOADED, OUT_OF_MEMORY -> OVERLOADED;
      case DEADLINE_EXCEEDED -> DEADLINE_EXCEEDED;
      case CANCELLED -> CANCELLED;
      case MODEL_FAILED -> MODEL_FAILED;
      case NOT_LOADED, CLOSED, UNLOADABLE -> UNAVAILABLE;
    };
  }

  /** What it means to a client that an operation on a model failed. */
  public static ErrorCode of(ModelException.Code code) {
    return switch (code) {
      case NOT_FOUND -> UNKNOWN_MODEL;
      case INVALID, CONFLICT, STILL_LOADED -> INVALID;
      case FORBIDDEN, UNTRUSTED -> FORBIDDEN;
      case FULL, OUT_OF_MEMORY -> NO_ROOM;
      case STORAGE -> INTERNAL;
      case UNAVAILABLE -> UNAVAILABLE;
    };
  }

  /** What it means to a client that jobs were not done as it asked. */
  public static ErrorCode of(JobException.Code code) {
    return switch (code) {
      case NOT_FOUND -> UNKNOWN_JOB;
      case CONFLICT -> CONFLICT;
      case INVALID -> INVALID;
      case TOO_LARGE -> TOO_LARGE;
      case FULL -> OVERLOADED;
      case UNAVAILABLE -> UNAVAILABLE;
    };
  }

  /** What it means to a client that it is not let through. */
  public static ErrorCode of(AccessException.Reason reason) {
    return switch (reason) {
      case NO_KEY -> UNAUTHENTICATED;
      case NOT_ALLOWED -> FORBIDDEN;
      case TOO_MANY -> OVERLOADED;
      case STALE_POLICY -> UNAVAILABLE;
    };
  }

  static ErrorCode of(DispatchError.Kind kind) {
    return switch (kind) {
      case NO_HOLDER -> UNKNOWN_MODEL;
      case OVERLOADED -> OVERLOADED;
      case UNAVAILABLE -> UNAVAILABLE;
      case MAY_HAVE_RUN -> MAY_HAVE_RUN;
      case DEADLINE_EXCEEDED -> DEADLINE_EXCEEDED;
      case CANCELLED -> CANCELLED;
      case FORBIDDEN -> FORBIDDEN;
      case FINAL -> INTERNAL;
    };
  }

  /** What a peer's words mean; peers send only the rows of this table. */
  public static ErrorCode ofPeer(Outcome outcome, Status.Code status) {
    return switch (outcome) {
      case OVERLOADED -> OVERLOADED;
      case REFUSED, CANCELLED -> UNAVAILABLE;
      case BROKEN -> MAY_HAVE_RUN;
      case EXPIRED -> DEADLINE_EXCEEDED;
      case FINAL, ANSWERED ->
          switch (status) {
            case INVALID_ARGUMENT -> INVALID;
            case PERMISSION_DENIED -> FORBIDDEN;
            case RESOURCE_EXHAUSTED -> TOO_LARGE;
            default -> MODEL_FAILED;
          };
    };
  }

  Failure.Kind failure() {
    return switch (outcome) {
      case OVERLOADED -> Failure.Kind.OVERLOADED;
      case REFUSED -> Failure.Kind.REFUSED;
      case BROKEN -> Failure.Kind.BROKEN;
      case EXPIRED -> Failure.Kind.EXPIRED;
      case CANCELLED -> Failure.Kind.CANCELLED;
      case FINAL, ANSWERED -> Failure.Kind.FINAL;
    };
  }
}
