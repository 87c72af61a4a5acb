// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.admission.Founding;
import io.rhizome.node.identity.admission.PolicyAdmitted;
import io.rhizome.node.policy.PolicyStatus.Role;
import io.rhizome.node.policy.PolicyStore;
import java.security.SecureRandom;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes policy of the first nodes' files, once, where this node leads. Uses one thread. */
final class Founder {
  private static final Logger log = LoggerFactory.getLogger(Founder.class);
  private static final long TICK_MILLIS = 100;

  private final Founding founding;
  private final Identity self;
  private final PolicyStore store;
  private final PolicyAdmitted admitted;
  private final ScheduledExecutorService thread;
  private final SecureRandom random = new SecureRandom();
  private boolean proposing;

  Founder(
      Founding founding,
      Identity self,
      PolicyStore store,
      PolicyAdmitted admitted,
      ScheduledExecutorService thread) {
    this.founding = founding;
    this.self = self;
    this.store = store;
    this.admitted = admitted;
    this.thread = thread;
  }

  /** Begins to look whether there is something to found. */
  void start() {
    var unused = thread.schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    if (admitted.now().policy().version() > 0) {
      return;
    }
    if (!proposing && store.status().role() == Role.LEADER) {
      proposing = true;
      var unused =
          store
              .propose(founding.proposal(self, store.snapshot().version(), random))
              .whenComplete(
                  (version, failure) -> {
                    if (failure == null) {
                      log.info("the mesh {} is founded", founding.mesh());
                    } else {
                      log.warn("the mesh is not founded yet: {}", failure.getMessage());
                    }
                    thread.execute(() -> proposing = false);
                  });
    }
    start();
  }
}
