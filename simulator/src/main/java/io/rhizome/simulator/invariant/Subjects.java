// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.invariant;

import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.SwimEvent;
import org.jspecify.annotations.Nullable;

/** Whom an event is about. */
final class Subjects {
  private Subjects() {}

  /** The member whose status changed; null where none did. */
  static @Nullable NodeId of(SwimEvent event) {
    if (event instanceof SwimEvent.Joined joined) {
      return joined.id();
    } else if (event instanceof SwimEvent.Suspected suspected) {
      return suspected.id();
    } else if (event instanceof SwimEvent.Cleared cleared) {
      return cleared.id();
    } else if (event instanceof SwimEvent.Died died) {
      return died.id();
    } else if (event instanceof SwimEvent.Departed departed) {
      return departed.id();
    }
    return null;
  }
}
