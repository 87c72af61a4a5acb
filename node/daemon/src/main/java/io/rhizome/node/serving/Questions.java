// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.protocol.HopReport;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.Peers;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks peers how busy they are, and tells gossip of those that cannot be reached. Any thread. */
final class Questions {
  private static final Logger log = LoggerFactory.getLogger(Questions.class);

  private final Peers peers;
  private final RouterWords words;
  private final View view;
  private final Forwarder forwarder;
  private final Consumer<NodeId> doubt;
  private final LongSupplier clock;

  /**
   * Questions of this node's.
   *
   * @param doubt hears of peers that cannot be reached; any thread
   */
  Questions(
      Peers peers,
      RouterWords words,
      View view,
      Forwarder forwarder,
      Consumer<NodeId> doubt,
      LongSupplier clock) {
    this.peers = peers;
    this.words = words;
    this.view = view;
    this.forwarder = forwarder;
    this.doubt = doubt;
    this.clock = clock;
  }

  /** An attempt there failed: see {@link Peers#onFailure}. */
  void failed(NodeId peer, boolean connection) {
    if (peers.onFailure(clock.getAsLong(), peer, connection)) {
      log.info("leaving out {} until it answers again", view.nameOf(peer));
    }
    doubt.accept(peer);
  }

  /** Asks these with that model in mind, for that router, unless they were asked just now. */
  void ask(List<NodeId> wanted, String model, String router) {
    peers.toAsk(clock.getAsLong(), wanted).forEach(peer -> ask(peer, model, router));
  }

  /** Asks those left out whether they are well again; a few times a second. */
  void tick() {
    peers.onTick(clock.getAsLong()).forEach(peer -> ask(peer, "", ""));
  }

  private void ask(NodeId peer, String model, String router) {
    long askedAt = clock.getAsLong();
    forwarder.ask(
        peer,
        model,
        router,
        new Forwarder.LoadAnswer() {
          @Override
          public void onLoad(Load load, HopReport.@Nullable Word word) {
            peers.onLoad(clock.getAsLong(), askedAt, peer, model, load);
            words.heard(peer, model, word);
          }

          @Override
          public void onSilence(String why) {
            log.debug("{} did not say how busy it is: {}", view.nameOf(peer), why);
            boolean unused = peers.onFailure(clock.getAsLong(), peer, false);
          }
        });
  }
}
