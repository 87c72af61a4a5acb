// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import com.google.protobuf.MessageLite;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.rhizome.v1.AdminServiceGrpc;
import io.rhizome.v1.PolicyServiceGrpc;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets an admin call that changes something, and one that reads all of policy, through only with an
 * operator's proof. The handler does not even start before the first message has been checked.
 * Other services, admin calls that only read, and proposals, which prove themselves, pass; but
 * where such a call comes with a proof, that is checked too.
 */
public final class AdminGuard implements ServerInterceptor {
  private static final List<String> GUARDED =
      List.of(AdminServiceGrpc.SERVICE_NAME, PolicyServiceGrpc.SERVICE_NAME);

  private static final List<String> OPEN =
      List.of(
          AdminServiceGrpc.getChallengeMethod().getFullMethodName(),
          AdminServiceGrpc.getStatusMethod().getFullMethodName(),
          AdminServiceGrpc.getListNodesMethod().getFullMethodName(),
          AdminServiceGrpc.getListModelsMethod().getFullMethodName(),
          AdminServiceGrpc.getShowModelMethod().getFullMethodName(),
          PolicyServiceGrpc.getProposeMethod().getFullMethodName(),
          PolicyServiceGrpc.getPolicyStatusMethod().getFullMethodName());

  private final OperatorProofs proofs;

  /** Guards with these proofs, the same that answer {@code Challenge}. */
  public AdminGuard(OperatorProofs proofs) {
    this.proofs = proofs;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    var method = call.getMethodDescriptor();
    boolean open =
        !GUARDED.contains(String.valueOf(method.getServiceName()))
            || OPEN.contains(method.getFullMethodName());
    if (open && !wouldCheck(method, headers)) {
      return next.startCall(call, headers);
    }
    if (headers.get(ProofHeaders.OPERATOR) == null
        || headers.get(ProofHeaders.NONCE) == null
        || headers.get(ProofHeaders.SIGNATURE) == null) {
      call.close(
          Status.UNAUTHENTICATED.withDescription(
              "this call needs an operator's proof; pass --operator-key FILE"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    call.request(1);
    return new Checking<>(call, headers, next);
  }

  /** Whether the call comes with a proof, good or bad, that this guard will check. */
  public boolean wouldCheck(MethodDescriptor<?, ?> method, Metadata headers) {
    return GUARDED.contains(String.valueOf(method.getServiceName()))
        && headers.containsKey(ProofHeaders.OPERATOR);
  }

  private Status check(String method, Metadata headers, Object firstMessage) {
    byte[] operator = headers.get(ProofHeaders.OPERATOR);
    byte[] nonce = headers.get(ProofHeaders.NONCE);
    byte[] signature = headers.get(ProofHeaders.SIGNATURE);
    if (operator == null || nonce == null || signature == null) {
      return Status.UNAUTHENTICATED.withDescription("this call needs an operator's proof");
    }
    if (!(firstMessage instanceof MessageLite message)) {
      return Status.INTERNAL.withDescription("cannot check a message that is not protobuf");
    }
    return proofs.verify(method, nonce, operator, signature, message.toByteArray());
  }

  /** Holds the handler back until the first message proves itself. */
  private final class Checking<Q, R> extends ServerCall.Listener<Q> {
    private final ServerCall<Q, R> call;
    private final Metadata headers;
    private final ServerCallHandler<Q, R> next;
    private ServerCall.@Nullable Listener<Q> handler;
    private boolean closed;

    Checking(ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      this.call = call;
      this.headers = headers;
      this.next = next;
    }

    @Override
    public void onMessage(Q message) {
      if (closed) {
        return;
      }
      ServerCall.Listener<Q> open = handler;
      if (open == null) {
        Status status = check(call.getMethodDescriptor().getFullMethodName(), headers, message);
        if (!status.isOk()) {
          close(status);
          return;
        }
        open = next.startCall(new OneAlreadyRequested<>(call), headers);
        handler = open;
        if (call.isReady()) {
          open.onReady();
        }
      }
      open.onMessage(message);
    }

    @Override
    public void onHalfClose() {
      if (handler != null) {
        handler.onHalfClose();
      } else if (!closed) {
        close(Status.INVALID_ARGUMENT.withDescription("the call ended before its first message"));
      }
    }

    @Override
    public void onReady() {
      if (handler != null) {
        handler.onReady();
      }
    }

    @Override
    public void onCancel() {
      if (handler != null) {
        handler.onCancel();
      }
    }

    @Override
    public void onComplete() {
      if (handler != null) {
        handler.onComplete();
      }
    }

    private void close(Status status) {
      closed = true;
      call.close(status, new Metadata());
    }
  }

  /** The guard asked for the first message already; the handler's first request pays that back. */
  private static final class OneAlreadyRequested<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private boolean paidBack;

    OneAlreadyRequested(ServerCall<Q, R> call) {
      super(call);
    }

    @Override
    public void request(int messages) {
      int more = messages;
      if (!paidBack && more > 0) {
        paidBack = true;
        more--;
      }
      if (more > 0) {
        super.request(more);
      }
    }
  }
}
