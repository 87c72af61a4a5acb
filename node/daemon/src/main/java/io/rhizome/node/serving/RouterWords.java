// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import com.google.protobuf.ByteString;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.protocol.HopReport;
import io.rhizome.scheduler.Peers;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.RouterWord;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node's routers say beside its load, and hear from peers'. A router that fails at it
 * costs a line in the log, and never the request that it was about. Any thread.
 */
final class RouterWords {
  private static final Logger log = LoggerFactory.getLogger(RouterWords.class);

  private final NodeId self;
  private final Routing routing;
  private final Peers peers;
  private final LongSupplier clock;
  private final AtomicBoolean complained = new AtomicBoolean();

  RouterWords(NodeId self, Routing routing, Peers peers, LongSupplier clock) {
    this.self = self;
    this.routing = routing;
    this.peers = peers;
    this.clock = clock;
  }

  /** What the router says that was to choose for that request; null for nothing. */
  HopReport.@Nullable Word of(Request request) {
    return say(routing.router(request), request.model());
  }

  /** What the router of that name says of that model, the first that says anything; or null. */
  HopReport.@Nullable Word of(String router, String model) {
    if (router.isEmpty()) {
      return null;
    }
    for (Router one : routing.routers()) {
      HopReport.Word word = one.name().equals(router) ? say(one, model) : null;
      if (word != null) {
        return word;
      }
    }
    return null;
  }

  private HopReport.@Nullable Word say(Router router, String model) {
    try {
      RouterWord word = RouterWord.of(router, clock.getAsLong(), model, self);
      return word == null
          ? null
          : new HopReport.Word(word.router(), ByteString.copyFrom(word.bytes()));
    } catch (RuntimeException e) {
      complain(router.name(), "cannot say what it wants to", e);
      return null;
    }
  }

  /** A peer's router said that, with that model in mind. */
  void heard(NodeId peer, String model, HopReport.@Nullable Word word) {
    if (word == null) {
      return;
    }
    RouterWord said = new RouterWord(word.router(), word.bytes().toByteArray());
    try {
      peers.onWord(clock.getAsLong(), peer, model, said);
    } catch (RuntimeException e) {
      complain(word.router(), "fails at what " + peer.shortName() + " says", e);
    }
  }

  /** Once: it would be said with every request. */
  private void complain(String router, String what, RuntimeException defect) {
    if (complained.compareAndSet(false, true)) {
      log.error("router {} {}; no more is said of such defects", router, what, defect);
    }
  }
}
