// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import io.rhizome.gossip.SwimEvent;
import org.slf4j.Logger;

/** What the membership notices, as lines of a log. */
final class EventLog {
  private final Logger log;

  EventLog(Logger log) {
    this.log = log;
  }

  void write(SwimEvent event) {
    if (event instanceof SwimEvent.Joined joined) {
      log.info("member {} joined at {}", joined.id().shortName(), joined.mesh());
    } else if (event instanceof SwimEvent.Suspected suspected) {
      log.info(
          "member {} is suspected by {}",
          suspected.id().shortName(),
          suspected.accuser().shortName());
    } else if (event instanceof SwimEvent.Cleared cleared) {
      log.info("member {} is alive after all", cleared.id().shortName());
    } else if (event instanceof SwimEvent.Died died) {
      log.info("member {} is dead", died.id().shortName());
    } else if (event instanceof SwimEvent.ReachabilityChanged changed) {
      log.debug("member {} is now reached: {}", changed.id().shortName(), changed.now());
    } else if (event instanceof SwimEvent.Departed departed) {
      log.info("member {} left", departed.id().shortName());
    } else if (event instanceof SwimEvent.Refuted refuted) {
      log.info("refuted an accusation with incarnation {}", refuted.incarnation());
    } else if (event instanceof SwimEvent.EpochRaised raised) {
      log.warn(
          "an earlier life of this node outranks it, or another process runs with its key"
              + " (seen {} times); it goes on in boot epoch {}",
          raised.times(),
          raised.epoch());
    } else if (event instanceof SwimEvent.StartedAfresh afresh) {
      log.warn(
          "this node did not run for {} s, longer than the mesh remembers the dead: it drops what"
              + " it knew of others and joins anew",
          afresh.lateNanos() / 1_000_000_000L);
    } else if (event instanceof SwimEvent.NoSeedReachable nobody) {
      log.warn(
          "no seed reachable, trying again in {} s: {}",
          "%.1f".formatted(nobody.retryNanos() / 1e9),
          nobody.seeds());
    }
  }
}
