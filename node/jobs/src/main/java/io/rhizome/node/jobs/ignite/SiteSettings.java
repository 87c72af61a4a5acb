// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs.ignite;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import javax.cache.configuration.Factory;
import javax.net.ssl.SSLContext;
import org.apache.ignite.Ignite;
import org.apache.ignite.configuration.DataRegionConfiguration;
import org.apache.ignite.configuration.DataStorageConfiguration;
import org.apache.ignite.configuration.IgniteConfiguration;
import org.apache.ignite.configuration.SystemDataRegionConfiguration;
import org.apache.ignite.configuration.WALMode;
import org.apache.ignite.events.EventType;
import org.apache.ignite.failure.AbstractFailureHandler;
import org.apache.ignite.failure.FailureContext;
import org.apache.ignite.logger.slf4j.Slf4jLogger;
import org.apache.ignite.plugin.segmentation.SegmentationPolicy;
import org.apache.ignite.spi.communication.tcp.TcpCommunicationSpi;
import org.apache.ignite.spi.discovery.tcp.TcpDiscoverySpi;
import org.apache.ignite.spi.discovery.tcp.ipfinder.TcpDiscoveryIpFinderAdapter;
import org.slf4j.LoggerFactory;

/**
 * How Ignite is set up: small, on one address, on two ports and no others, telling nobody of
 * itself. By default it opens more ports on all addresses and takes as many threads as a server of
 * its own would.
 */
final class SiteSettings {
  private static final long MIB = 1 << 20;
  private static final int FAILURE_MILLIS = 4_000;

  private SiteSettings() {}

  /** Must come before any of Ignite's classes is used. */
  static void quiet() {
    System.setProperty("IGNITE_UPDATE_NOTIFIER", "false");
    System.setProperty("IGNITE_NO_ASCII", "true");
    // Else what came from other nodes is gone if this one ends before all of it is here.
    System.setProperty("IGNITE_DISABLE_WAL_DURING_REBALANCING", "false");
    // Whoever owns the process stops it.
    System.setProperty("IGNITE_NO_SHUTDOWN_HOOK", "true");
    // Quiet, Ignite prints to the terminal what else it logs.
    System.setProperty("IGNITE_QUIET", "false");
    System.setProperty("IGNITE_DUMP_THREADS_ON_FAILURE", "false");
    System.setProperty("IGNITE_PERFORMANCE_SUGGESTIONS_DISABLED", "true");
  }

  /**
   * As this node.
   *
   * @param directory where its store is
   * @param alone whether it must not find the others
   * @param onFailure hears of what Ignite cannot go on after
   */
  static IgniteConfiguration of(
      SiteNode node, Path directory, boolean alone, Consumer<String> onFailure) {
    IgniteConfiguration settings =
        new IgniteConfiguration()
            .setIgniteInstanceName(node.name())
            .setConsistentId(node.name())
            .setWorkDirectory(directory.toAbsolutePath().toString())
            .setGridLogger(new Slf4jLogger(LoggerFactory.getLogger("org.apache.ignite")))
            .setMetricsLogFrequency(0)
            .setDiscoverySpi(discovery(node, alone))
            .setCommunicationSpi(communication(node))
            .setDataStorageConfiguration(storage(node))
            .setPeerClassLoadingEnabled(false)
            .setConnectorConfiguration(null)
            .setClientConnectorConfiguration(null)
            .setFailureDetectionTimeout(FAILURE_MILLIS)
            // The owner of this process decides what follows, not Ignite.
            .setSegmentationPolicy(SegmentationPolicy.NOOP)
            .setFailureHandler(new Failures(onFailure))
            .setIncludeEventTypes(EventType.EVT_NODE_SEGMENTED)
            .setPublicThreadPoolSize(2)
            .setSystemThreadPoolSize(4)
            .setStripedPoolSize(4)
            .setManagementThreadPoolSize(2)
            .setDataStreamerThreadPoolSize(2)
            .setQueryThreadPoolSize(2)
            .setRebalanceThreadPoolSize(1);
    SSLContext tls = node.tls();
    if (tls != null) {
      settings.setSslContextFactory((Factory<SSLContext>) () -> tls);
    }
    return settings;
  }

  private static TcpDiscoverySpi discovery(SiteNode node, boolean alone) {
    TcpDiscoverySpi discovery = new TcpDiscoverySpi();
    discovery.setLocalAddress(node.host());
    discovery.setLocalPort(node.discoveryPort());
    discovery.setLocalPortRange(0);
    discovery.setIpFinder(new Others(node, alone));
    return discovery;
  }

  private static TcpCommunicationSpi communication(SiteNode node) {
    TcpCommunicationSpi communication = new TcpCommunicationSpi();
    communication.setLocalAddress(node.host());
    communication.setLocalPort(node.dataPort());
    communication.setLocalPortRange(0);
    communication.setSelectorsCount(1);
    return communication;
  }

  private static DataStorageConfiguration storage(SiteNode node) {
    return new DataStorageConfiguration()
        .setDefaultDataRegionConfiguration(
            new DataRegionConfiguration()
                .setName("jobs")
                .setInitialSize(16 * MIB)
                // Full, each page that is wanted costs another: then all is slow.
                .setMaxSize(128 * MIB)
                .setCheckpointPageBufferSize(16 * MIB)
                .setPersistenceEnabled(true))
        .setSystemDataRegionConfiguration(
            new SystemDataRegionConfiguration().setInitialSize(16 * MIB).setMaxSize(48 * MIB))
        .setWalMode(node.forced() ? WALMode.FSYNC : WALMode.LOG_ONLY)
        .setWalSegmentSize((int) (8 * MIB))
        .setWalSegments(4)
        .setMaxWalArchiveSize(64 * MIB)
        .setStoragePath("db")
        .setWalPath("wal")
        .setWalArchivePath("wal/archive");
  }

  /** Where the mesh says that the others are. */
  private static final class Others extends TcpDiscoveryIpFinderAdapter {
    private final SiteNode node;
    private final boolean alone;

    Others(SiteNode node, boolean alone) {
      this.node = node;
      this.alone = alone;
      setShared(false);
    }

    @Override
    public Collection<InetSocketAddress> getRegisteredAddresses() {
      List<InetSocketAddress> all = new ArrayList<>();
      all.add(new InetSocketAddress(node.host(), node.discoveryPort()));
      if (!alone) {
        for (Neighbour neighbour : node.neighbours().get()) {
          neighbour.said().map(Neighbour.Part::store).map(Others::lookedUp).ifPresent(all::add);
        }
      }
      return all;
    }

    private static InetSocketAddress lookedUp(InetSocketAddress at) {
      return new InetSocketAddress(at.getHostString(), at.getPort());
    }

    @Override
    public void registerAddresses(Collection<InetSocketAddress> addresses) {}

    @Override
    public void unregisterAddresses(Collection<InetSocketAddress> addresses) {}
  }

  /** Says what happened, in a line; whoever owns the node decides what follows. */
  private static final class Failures extends AbstractFailureHandler {
    private final Consumer<String> onFailure;

    Failures(Consumer<String> onFailure) {
      this.onFailure = onFailure;
    }

    @Override
    protected boolean handle(Ignite ignite, FailureContext failure) {
      onFailure.accept(StartFailure.reason(failure.error()));
      return true;
    }
  }
}
