// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContext;
import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.Endpoint;
import io.rhizome.mesh.v1.GetMeshKeyRequest;
import io.rhizome.mesh.v1.GetMeshKeyResponse;
import io.rhizome.mesh.v1.JoinServiceGrpc;
import io.rhizome.node.identity.MeshTls;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks whichever admitted nodes are at some addresses for the mesh key: a node that was away while
 * it changed hears no gossip, and so cannot know who is where. Any thread; does not block.
 */
public final class MeshKeySeeker {
  private static final Logger log = LoggerFactory.getLogger(MeshKeySeeker.class);
  private static final long CALL_SECONDS = 3;
  private static final int MAX_ADDRESSES = 16;

  private final EventLoops loops;
  private final SslContext tls;
  private final BiConsumer<Long, Bytes> found;

  /**
   * A seeker.
   *
   * @param found told each key that some node has, with the policy version that it is of
   */
  public MeshKeySeeker(EventLoops loops, MeshTls tls, BiConsumer<Long, Bytes> found)
      throws SSLException {
    this.loops = loops;
    this.tls = tls.clientOfAny();
    this.found = found;
  }

  /** Asks at these addresses. */
  public void ask(Collection<Endpoint> addresses) {
    addresses.stream().limit(MAX_ADDRESSES).forEach(this::ask);
  }

  private void ask(Endpoint address) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(address.host(), address.port())
            .channelType(loops.clientChannel())
            .eventLoopGroup(loops.current())
            .sslContext(tls)
            .directExecutor()
            .disableRetry()
            .build();
    JoinServiceGrpc.newStub(channel)
        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
        .getMeshKey(
            GetMeshKeyRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(GetMeshKeyResponse answer) {
                found.accept(answer.getVersion(), Bytes.of(answer.getKey().toByteArray()));
              }

              @Override
              public void onError(Throwable error) {
                log.debug("no mesh key from {}: {}", address, error.getMessage());
                channel.shutdownNow();
              }

              @Override
              public void onCompleted() {
                channel.shutdownNow();
              }
            });
  }
}
