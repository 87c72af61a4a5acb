// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.executor.Executor.Cancellable;
import io.rhizome.node.protocol.HopMetadata;
import io.rhizome.node.protocol.HopReport;
import io.rhizome.scheduler.Load;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Sends one attempt to a peer. May lose it, may not answer for ever; never duplicates it. Does not
 * block.
 */
public interface Forwarder {
  /**
   * Sends the request, with {@code trace} if there is one; exactly one method of {@code result} is
   * called, unless it never answers.
   *
   * @return gives the attempt up: the peer is told, and {@code result} may hear of it
   */
  Cancellable forward(
      NodeId to, HopMetadata hop, byte[] message, @Nullable TraceContext trace, Result result);

  /** How the attempt ended. */
  interface Result {
    /** The peer answered. */
    void onAnswer(InputStream response, @Nullable HopReport report);

    /** The peer refused or failed; its own words. */
    void onFailure(ServingError error, @Nullable HopReport report);

    /**
     * The connection could not be made or broke.
     *
     * @param sent whether any of the request may have reached the peer: then nobody knows whether
     *     it ran
     */
    void onBroken(String why, boolean sent);
  }

  /**
   * Asks a peer how busy it is; exactly one method of {@code answer} is called, within a second or
   * so.
   *
   * @param router the name of this node's router that wants to know; empty for none
   */
  void ask(NodeId peer, String model, String router, LoadAnswer answer);

  /** What came of the question. */
  interface LoadAnswer {
    /** The peer said it, and its router of that name that, if anything. */
    void onLoad(Load load, HopReport.@Nullable Word word);

    /** It did not. */
    void onSilence(String why);
  }
}
