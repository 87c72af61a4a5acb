// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.rhizome.gossip.NodeId;
import java.util.concurrent.CompletionStage;

/**
 * Calls between voters. May lose, delay, repeat and reorder them; never invents one. Any thread;
 * does not block.
 */
public interface VoterTransport {
  /**
   * Calls that node's {@link Handler}.
   *
   * @param timeoutNanos how long an answer is of use
   * @return its answer; or a {@link java.net.ConnectException} or {@link
   *     java.util.concurrent.TimeoutException}, after which it may have been called all the same
   */
  CompletionStage<byte[]> call(NodeId to, String subject, byte[] body, long timeoutNanos);

  /** Whom calls to this node go to from now on; replaces the one before. */
  void serve(Handler handler);

  /** Answers calls. Any thread; does not block. */
  @FunctionalInterface
  interface Handler {
    /**
     * One call.
     *
     * @param from who the transport knows it is from (the identity of the connection, never
     *     something in the message)
     * @return the answer; or any failure, which the caller is told as a {@link
     *     java.net.ConnectException}
     */
    CompletionStage<byte[]> handle(NodeId from, String subject, byte[] body);
  }
}
