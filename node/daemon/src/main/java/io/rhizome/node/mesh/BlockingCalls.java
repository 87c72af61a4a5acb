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
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Keeps calls that touch files off the event loops: they run on threads of their own, everything
 * else stays where its bytes arrived.
 */
public final class BlockingCalls implements ServerCallExecutorSupplier {
  private final Executor threads;

  /** Blocking calls run on these threads. */
  public BlockingCalls(Executor threads) {
    this.threads = threads;
  }

  @Override
  public <Q, R> @Nullable Executor getExecutor(ServerCall<Q, R> call, Metadata metadata) {
    String service = call.getMethodDescriptor().getServiceName();
    boolean blocks =
        AdminServiceGrpc.SERVICE_NAME.equals(service)
            || JobServiceGrpc.SERVICE_NAME.equals(service)
            || JobExchangeGrpc.SERVICE_NAME.equals(service)
            || SiteServiceGrpc.SERVICE_NAME.equals(service)
            || ModelServiceGrpc.SERVICE_NAME.equals(service);
    return blocks ? threads : null;
  }
}
