// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rhizome.it.NodeClient;
import io.rhizome.it.OperatorKey;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.v1.GetPolicyRequest;
import io.rhizome.v1.PolicyServiceGrpc;
import io.rhizome.v1.PolicyStatusRequest;
import io.rhizome.v1.PolicyStatusResponse;
import io.rhizome.v1.ProposeRequest;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The nodes' public policy services, as clients see them. Nodes are counted from 1. Any thread;
 * calls block.
 */
record Nodes(List<NodeClient> clients) {
  private static final long STATUS_MILLIS = 1_000;
  private static final long ATTEMPT_MILLIS = 3_000;
  private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final Duration IMAGE_LIMIT = Duration.ofSeconds(10);

  int count() {
    return clients.size();
  }

  private PolicyServiceGrpc.PolicyServiceBlockingStub policy(int i, long limitMillis) {
    return PolicyServiceGrpc.newBlockingStub(clients.get(i - 1).channel())
        .withDeadlineAfter(limitMillis, TimeUnit.MILLISECONDS);
  }

  /** The node may have come back: connect at the next call, whatever happened before. */
  void hurry(int i) {
    clients.get(i - 1).channel().resetConnectBackoff();
  }

  /** How node i says that it stands; empty where it does not answer. */
  Optional<PolicyStatusResponse> status(int i) {
    try {
      return Optional.of(
          policy(i, STATUS_MILLIS).policyStatus(PolicyStatusRequest.getDefaultInstance()));
    } catch (StatusRuntimeException e) {
      return Optional.empty();
    }
  }

  /** All of policy as node i has it. */
  PolicyImage image(int i, OperatorKey operator) {
    GetPolicyRequest request = GetPolicyRequest.getDefaultInstance();
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    policy(i, IMAGE_LIMIT.toMillis())
        .withInterceptors(
            operator.proof(
                clients.get(i - 1), PolicyServiceGrpc.getGetPolicyMethod(), request, IMAGE_LIMIT))
        .getPolicy(request)
        .forEachRemaining(part -> image.writeBytes(part.getPart().toByteArray()));
    return PolicyCodec.image(image.toByteArray());
  }

  /**
   * Sends the same bytes to one node after another, beginning with that one, until one of them
   * knows what became of it.
   *
   * @param endNanos when to give up, on the {@link System#nanoTime()} scale
   */
  Outcome propose(int first, ProposeRequest request, long endNanos) {
    String why = "";
    for (int attempt = 0; System.nanoTime() - endNanos < 0; attempt++) {
      int node = (first - 1 + attempt) % count() + 1;
      try {
        return new Outcome.Acknowledged(
            policy(node, ATTEMPT_MILLIS).propose(request).getVersion(), node);
      } catch (StatusRuntimeException e) {
        Status status = e.getStatus();
        why = "node " + node + ": " + status;
        switch (status.getCode()) {
          case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, UNKNOWN, INTERNAL, FAILED_PRECONDITION ->
              pauseAfterRound(attempt);
          default -> {
            return new Outcome.Refused(status.getCode(), String.valueOf(status.getDescription()));
          }
        }
      }
    }
    return new Outcome.Unknown(why);
  }

  private void pauseAfterRound(int attempt) {
    if (attempt % count() == count() - 1) {
      LockSupport.parkNanos(ROUND_NANOS);
    }
  }
}
