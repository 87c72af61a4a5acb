// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.discovery;

import io.rhizome.gossip.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds nodes of the same mesh on the local network by multicast DNS (RFC 6762, 6763), and lets
 * them find this one. Where there is no multicast that is said once, and the configured seeds
 * remain. Works on a thread of its own; any thread may call.
 */
public final class LanDiscovery implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LanDiscovery.class);

  private final Multicast multicast;
  private final String mesh;
  private final String self;
  private final LanSeeds seeds;
  private final ExecutorService worker;
  private @Nullable AutoCloseable open;
  private boolean complained;

  /**
   * Nothing is said or heard until {@link #at}.
   *
   * @param mesh tells meshes on one network apart
   * @param self this node's id
   * @param configured seeds that are there in any case
   * @param seeds is told of all seeds whenever there are new ones, on any thread; must not block
   */
  public LanDiscovery(
      String mesh, String self, List<Endpoint> configured, Consumer<List<Endpoint>> seeds) {
    this(new JmdnsMulticast(), mesh, self, configured, seeds);
  }

  LanDiscovery(
      Multicast multicast,
      String mesh,
      String self,
      List<Endpoint> configured,
      Consumer<List<Endpoint>> seeds) {
    this.multicast = multicast;
    this.mesh = mesh;
    this.self = self;
    this.seeds = new LanSeeds(mesh, self, configured, seeds);
    this.worker =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "rhizome-lan");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** This node is reached there from now on, an address literal. */
  public void at(Endpoint address) {
    run(
        () -> {
          shut();
          open(address);
        });
  }

  private void open(Endpoint address) {
    try {
      InetAddress at = InetAddress.getByName(address.host());
      open = multicast.open(mesh, self, at, address.port(), seeds);
      log.info("looking for nodes of this mesh by multicast from {}", address.host());
    } catch (IOException e) {
      if (!complained) {
        log.warn(
            "no multicast from {}, so that nodes nearby are not found by themselves; the"
                + " configured seeds are used: {}",
            address.host(),
            e.getMessage());
      }
      complained = true;
    }
  }

  private void shut() {
    AutoCloseable old = open;
    open = null;
    if (old != null) {
      try {
        old.close();
      } catch (Exception e) {
        log.debug("multicast did not end cleanly", e);
      }
    }
  }

  private void run(Runnable step) {
    try {
      worker.execute(step);
    } catch (RejectedExecutionException e) {
      log.debug("closed already");
    }
  }

  /** Does not wait: the goodbyes take seconds, and none of the others needs them. */
  @Override
  public void close() {
    run(this::shut);
    worker.shutdown();
  }
}
