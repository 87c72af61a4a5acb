// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import com.google.protobuf.MessageLite;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.rhizome.gossip.NodeId;
import io.rhizome.v1.ChallengeResponse;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Proves one admin call with an operator's key: the answer to one {@code Challenge}, good for one
 * call. Attach it to the stub with {@code withInterceptors}.
 */
public final class OperatorProof implements ClientInterceptor {
  private final Identity operator;
  private final NodeId node;
  private final byte[] nonce;

  /** Answers this challenge with that key. */
  public OperatorProof(Identity operator, ChallengeResponse challenge) {
    this.operator = operator;
    this.node = NodeId.of(challenge.getNodeId().toByteArray());
    this.nonce = challenge.getNonce().toByteArray();
  }

  /** The node that the proof is for. */
  public NodeId node() {
    return node;
  }

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    return new Proving<>(next.newCall(method, options), method.getFullMethodName());
  }

  private void addTo(Metadata headers, String method, Object firstMessage) {
    byte[] encoded = ((MessageLite) firstMessage).toByteArray();
    byte[] message = OperatorProofs.message(method, node, nonce, encoded);
    headers.put(ProofHeaders.OPERATOR, operator.nodeId().bytes());
    headers.put(ProofHeaders.NONCE, nonce);
    headers.put(ProofHeaders.SIGNATURE, operator.sign(message));
  }

  /**
   * Headers go out with the start of a call, and the proof covers the first message: so the start
   * waits for it. A call is used by one thread until it started.
   */
  private final class Proving<Q, R> extends ClientCall<Q, R> {
    private final ClientCall<Q, R> call;
    private final String method;
    private @Nullable Listener<R> listener;
    private @Nullable Metadata headers;
    private boolean started;
    private int requested;

    Proving(ClientCall<Q, R> call, String method) {
      this.call = call;
      this.method = method;
    }

    @Override
    public void start(Listener<R> startListener, Metadata startHeaders) {
      listener = startListener;
      headers = startHeaders;
    }

    @Override
    public void sendMessage(Q message) {
      if (!started) {
        addTo(Objects.requireNonNull(headers, "start comes first"), method, message);
        startNow();
      }
      call.sendMessage(message);
    }

    private void startNow() {
      started = true;
      call.start(
          Objects.requireNonNull(listener, "start comes first"),
          Objects.requireNonNull(headers, "start comes first"));
      if (requested > 0) {
        call.request(requested);
      }
    }

    @Override
    public void request(int messages) {
      if (started) {
        call.request(messages);
      } else {
        requested += messages;
      }
    }

    @Override
    public void halfClose() {
      if (!started) {
        startNow();
      }
      call.halfClose();
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
      if (!started) {
        startNow();
      }
      call.cancel(message, cause);
    }

    @Override
    public boolean isReady() {
      // The first message may always come: it is what the start waits for.
      return !started || call.isReady();
    }
  }
}
