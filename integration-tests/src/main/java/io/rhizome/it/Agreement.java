// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import io.grpc.StatusRuntimeException;
import io.rhizome.v1.AdminServiceGrpc;
import io.rhizome.v1.ListModelsRequest;
import io.rhizome.v1.ModelInfo;
import io.rhizome.v1.StatusRequest;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** Waits, for a bounded time, until all nodes of a mesh see the same. */
final class Agreement {
  private static final Duration CALL_LIMIT = Duration.ofSeconds(5);
  private static final Duration SPREAD_LIMIT = Duration.ofSeconds(20);

  private Agreement() {}

  /** Returns when every node can use every other. */
  static void awaitMembers(List<NodeClient> nodes) {
    await(
        nodes,
        "every node to know every other",
        admin ->
            admin.status(StatusRequest.getDefaultInstance()).getMembersUsable() >= nodes.size());
  }

  /** Returns when every node knows that so many nodes serve a model. */
  static void awaitHolders(List<NodeClient> nodes, String model, int holders) {
    await(
        nodes,
        "every node to know the " + holders + " holders of " + model,
        admin ->
            admin.listModels(ListModelsRequest.getDefaultInstance()).getModelsList().stream()
                    .filter(known -> known.getName().equals(model))
                    .mapToInt(ModelInfo::getReadyOnCount)
                    .sum()
                == holders);
  }

  private static void await(
      List<NodeClient> nodes,
      String what,
      Predicate<AdminServiceGrpc.AdminServiceBlockingStub> condition) {
    Awaitility.await(what)
        .atMost(SPREAD_LIMIT)
        .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
        .until(() -> nodes.stream().allMatch(c -> condition.test(c.admin(CALL_LIMIT))));
  }
}
