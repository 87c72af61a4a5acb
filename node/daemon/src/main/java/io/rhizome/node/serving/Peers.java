// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.protocol.HopReport;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.resilience.OutlierDetector;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens with peers, told to all who learn from it: the view, the router, the outlier
 * detector, gossip. Any thread.
 */
final class Peers {
  private static final Logger log = LoggerFactory.getLogger(Peers.class);

  private final View view;
  private final Routing routing;
  private final Forwarder forwarder;
  private final OutlierDetector outliers;
  private final Consumer<NodeId> doubt;
  private final LongSupplier clock;

  /**
   * Peers of this node.
   *
   * @param doubt hears of peers that cannot be reached; any thread
   */
  Peers(
      View view,
      Routing routing,
      Forwarder forwarder,
      OutlierDetector outliers,
      Consumer<NodeId> doubt,
      LongSupplier clock) {
    this.view = view;
    this.routing = routing;
    this.forwarder = forwarder;
    this.outliers = outliers;
    this.doubt = doubt;
    this.clock = clock;
  }

  /** A request goes there. */
  void onSent(NodeId peer) {
    view.statsOf(peer).onSent();
  }

  /** A request that went there ended, or nobody waits for it any more. */
  void onEnded(NodeId peer) {
    view.statsOf(peer).onEnded();
  }

  /** It spoke at the end of a request. */
  Load onReport(NodeId peer, String model, long sentNanos, HopReport report) {
    long now = clock.getAsLong();
    view.statsOf(peer).onNetwork(now, now - sentNanos - report.elapsedNanos());
    Load load =
        new Load(report.inFlight(), report.limit(), report.queueNanos(), report.serviceNanos());
    onLoad(peer, model, load);
    outliers.onAnswer(peer);
    return load;
  }

  private void onLoad(NodeId peer, String model, Load load) {
    long now = clock.getAsLong();
    view.statsOf(peer).onLoad(now, load);
    if (!model.isEmpty()) {
      routing.routers().forEach(router -> router.onLoad(now, model, peer, load));
    }
  }

  /**
   * An attempt there broke, or was given up for want of an answer.
   *
   * @param connection whether the connection itself broke or could not be made
   */
  void onFailure(NodeId peer, boolean connection) {
    if (outliers.onFailure(clock.getAsLong(), peer, connection, view.peers())) {
      log.info("leaving out {} until it answers again", view.nameOf(peer));
    }
    doubt.accept(peer);
  }

  /** Asks these for their load, unless they were asked just now. */
  void ask(List<NodeId> peers, String model) {
    for (NodeId peer : peers) {
      if (view.statsOf(peer).tryAsk(clock.getAsLong())) {
        forwarder.ask(peer, model, new Answer(peer, model));
      }
    }
  }

  /** Asks those left out whether they are well again; a few times a second. */
  void tick() {
    long now = clock.getAsLong();
    routing.routers().forEach(router -> router.onTick(now));
    ask(outliers.dueForAsking(now), "");
  }

  private final class Answer implements Forwarder.LoadAnswer {
    private final NodeId peer;
    private final String model;

    Answer(NodeId peer, String model) {
      this.peer = peer;
      this.model = model;
    }

    @Override
    public void onLoad(Load load) {
      Peers.this.onLoad(peer, model, load);
      outliers.onLoad(peer);
    }

    @Override
    public void onSilence(String why) {
      log.debug("{} did not say how busy it is: {}", view.nameOf(peer), why);
      outliers.onFailure(clock.getAsLong(), peer, false, view.peers());
    }
  }
}
