// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.grpc;

import io.grpc.Status;
import io.grpc.StatusException;
import io.rhizome.node.access.AccessException;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.serving.ErrorCode;
import io.rhizome.node.serving.ServingError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells gRPC clients why jobs were not done as they asked. */
final class JobErrors {
  private static final Logger log = LoggerFactory.getLogger(JobErrors.class);

  private JobErrors() {}

  /** The status that a failure amounts to; a defect is logged. */
  static StatusException toStatus(Exception failure) {
    if (failure instanceof JobException refusal) {
      return toStatus(ServingError.of(refusal));
    }
    if (failure instanceof AccessException refusal) {
      return toStatus(ServingError.of(refusal));
    }
    log.error("a call about jobs met a defect", failure);
    return toStatus(new ServingError(ErrorCode.INTERNAL, "internal error"));
  }

  static StatusException toStatus(ServingError error) {
    return Status.fromCode(error.code().grpc())
        .withDescription(error.message())
        .asException(RetryHint.trailers(error));
  }
}
