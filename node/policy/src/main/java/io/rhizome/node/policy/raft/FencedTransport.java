// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.Epochs;
import java.net.ConnectException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Lets voters of one epoch speak with each other only. Each call and each answer carries the epoch
 * statement that its sender knows; whoever hears of a newer one learns it by that, and from then on
 * this transport, and so the voter over it, neither speaks nor is spoken to. Any thread.
 *
 * <p>A call is its statement (length, then bytes) and the body; an answer is whether it was
 * answered, the statement, and the body.
 */
public final class FencedTransport implements VoterTransport {
  private static final int MAX_STATEMENT_BYTES = 2_048;
  private static final byte ANSWERED = 1;
  private static final byte FENCED = 0;

  private final VoterTransport transport;
  private final Epochs epochs;
  private final String label;

  /**
   * A transport for a voter.
   *
   * @param label of its epoch
   */
  public FencedTransport(VoterTransport transport, Epochs epochs, String label) {
    this.transport = transport;
    this.epochs = epochs;
    this.label = label;
  }

  @Override
  public CompletionStage<byte[]> call(NodeId to, String subject, byte[] body, long timeoutNanos) {
    if (over()) {
      return CompletableFuture.failedFuture(new ConnectException("its epoch is over"));
    }
    byte[] statement = epochs.encoded();
    byte[] call =
        ByteBuffer.allocate(Integer.BYTES + statement.length + body.length)
            .putInt(statement.length)
            .put(statement)
            .put(body)
            .array();
    return transport
        .call(to, subject, call, timeoutNanos)
        .thenCompose(answer -> opened(to, answer));
  }

  private CompletionStage<byte[]> opened(NodeId from, byte[] answer) {
    try {
      ByteBuffer in = ByteBuffer.wrap(answer);
      boolean answered = in.get() == ANSWERED;
      Epochs.Standing standing = epochs.hear(statement(in));
      if (answered && standing == Epochs.Standing.SAME && !over()) {
        return CompletableFuture.completedFuture(rest(in));
      }
      return CompletableFuture.failedFuture(
          new ConnectException("node " + from.shortName() + " is of another epoch"));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return CompletableFuture.failedFuture(
          new ConnectException("node " + from.shortName() + " answered what cannot be read"));
    }
  }

  @Override
  public void serve(Handler handler) {
    transport.serve((from, subject, body) -> received(handler, from, subject, body));
  }

  private CompletionStage<byte[]> received(
      Handler handler, NodeId from, String subject, byte[] call) {
    byte[] body;
    try {
      ByteBuffer in = ByteBuffer.wrap(call);
      Epochs.Standing standing = epochs.hear(statement(in));
      if (standing != Epochs.Standing.SAME || over()) {
        return CompletableFuture.completedFuture(answer(FENCED, new byte[0]));
      }
      body = rest(in);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return CompletableFuture.failedFuture(
          new RefusedException(subject + " of " + from.shortName() + " cannot be read", e));
    }
    return handler
        .handle(from, subject, body)
        .thenApply(answered -> over() ? answer(FENCED, new byte[0]) : answer(ANSWERED, answered));
  }

  private boolean over() {
    return !epochs.label().equals(label);
  }

  private byte[] answer(byte kind, byte[] body) {
    byte[] statement = epochs.encoded();
    return ByteBuffer.allocate(1 + Integer.BYTES + statement.length + body.length)
        .put(kind)
        .putInt(statement.length)
        .put(statement)
        .put(body)
        .array();
  }

  private static byte[] statement(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > MAX_STATEMENT_BYTES) {
      throw new IllegalArgumentException("a statement of " + length + " bytes");
    }
    byte[] statement = new byte[length];
    in.get(statement);
    return statement;
  }

  private static byte[] rest(ByteBuffer in) {
    byte[] rest = new byte[in.remaining()];
    in.get(rest);
    return rest;
  }
}
