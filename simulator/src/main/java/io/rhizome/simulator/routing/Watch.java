// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Request;
import org.jspecify.annotations.Nullable;

/** Sees all that happens to requests: for those who count, and those who check. */
public interface Watch {
  /** The bytes of a request are at that node, which a peer sent them to. */
  default void onPayload(int node, Request request, Call call) {}

  /** It begins to run there, or waits for it. */
  default void onRun(int node, Request request, Call call) {}

  /** A node begins to load the model. */
  default void onLoad(int node) {}

  /**
   * The client has its answer, or an error.
   *
   * @param failure null for an answer
   */
  default void onEnded(long nowNanos, Call call, Failure.@Nullable Kind failure) {}
}
