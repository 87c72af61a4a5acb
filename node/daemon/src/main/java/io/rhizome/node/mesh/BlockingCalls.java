// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.rhizome.mesh.v1.JobExchangeGrpc;
import io.rhizome.mesh.v1.ModelServiceGrpc;
import io.rhizome.mesh.v1.SiteServiceGrpc;
import io.rhizome.v1.AdminServiceGrpc;
import io.rhizome.v1.JobServiceGrpc;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Keeps calls that touch files, or wait, off the event loops: they run on threads of their own,
 * everything else stays where its bytes arrived. One that waits there for the other end waits for
 * itself, as it is that thread that sends.
 */
public final class BlockingCalls implements ServerCallExecutorSupplier {
  private static final SortedSet<String> BLOCKING =
      new TreeSet<>(
          List.of(
              AdminServiceGrpc.SERVICE_NAME,
              JobExchangeGrpc.SERVICE_NAME,
              JobServiceGrpc.SERVICE_NAME,
              ModelServiceGrpc.SERVICE_NAME,
              SiteServiceGrpc.SERVICE_NAME));

  private final Executor threads;

  /** Blocking calls run on these threads. */
  public BlockingCalls(Executor threads) {
    this.threads = threads;
  }

  @Override
  public <Q, R> @Nullable Executor getExecutor(ServerCall<Q, R> call, Metadata metadata) {
    boolean blocks = BLOCKING.contains(call.getMethodDescriptor().getServiceName());
    return blocks ? threads : null;
  }
}
