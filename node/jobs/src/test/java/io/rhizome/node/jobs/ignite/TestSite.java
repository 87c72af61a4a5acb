// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs.ignite;

import io.rhizome.node.jobs.JobException;
import io.rhizome.node.jobs.JobStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.ignite.Ignite;
import org.apache.ignite.Ignition;
import org.awaitility.Awaitility;

/** Nodes of a site in this process, each with a store of its own below one directory. */
final class TestSite implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path directory;
  private final Duration gone;
  private final Map<String, IgniteSite> running = new ConcurrentSkipListMap<>();
  private final Map<String, SiteNode> nodes = new ConcurrentSkipListMap<>();
  private final Set<String> hidden = ConcurrentHashMap.newKeySet();

  TestSite(Path directory, Duration gone) {
    this.directory = directory;
    this.gone = gone;
  }

  /** Starts a node, anew if it ran before. */
  void start(String name) throws IOException {
    SiteNode node = nodes.get(name);
    if (node == null) {
      node = node(name);
      nodes.put(name, node);
    }
    IgniteSite site = new IgniteSite(node);
    running.put(name, site);
    site.use();
    site.start();
  }

  private SiteNode node(String name) throws IOException {
    try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new SiteNode(
          name,
          directory.resolve(name),
          "127.0.0.1",
          one.getLocalPort(),
          two.getLocalPort(),
          () -> neighbours(name),
          null,
          false,
          gone);
    }
  }

  private Collection<Neighbour> neighbours(String self) {
    List<Neighbour> found = new ArrayList<>();
    running.forEach(
        (name, site) -> {
          if (!name.equals(self) && !hidden.contains(name) && !hidden.contains(self)) {
            Neighbour.Part part = site.part();
            InetSocketAddress store =
                new InetSocketAddress(part.store().getHostString(), part.store().getPort());
            found.add(
                new Neighbour(
                    name, Optional.of(new Neighbour.Part(store, part.used(), part.group()))));
          }
        });
    return found;
  }

  /** Stops a node, as gently as Ignite does. */
  void stop(String name) {
    IgniteSite site = running.remove(name);
    if (site != null) {
      site.close();
    }
  }

  /** From now on the others do not hear of it, nor it of them, where they have not met yet. */
  void hide(String name) {
    hidden.add(name);
  }

  void show(String name) {
    hidden.remove(name);
  }

  /** The store as that node has it, awaited. */
  JobStore store(String name) {
    return await("the store at " + name, () -> find(name)).orElseThrow();
  }

  private Optional<JobStore> find(String name) {
    IgniteSite site = running.get(name);
    try {
      return site == null ? Optional.empty() : Optional.of(site.current());
    } catch (JobException e) {
      return Optional.empty();
    }
  }

  /** Waits until that node counts exactly these, and each has all that it is to have. */
  JobStore counting(String name, String... counted) {
    Set<String> wanted = Set.of(counted);
    JobStore store = awaitCounting(name, wanted);
    Awaitility.await("all of " + wanted + " to be complete")
        .atMost(LIMIT)
        .until(() -> wanted.stream().allMatch(TestSite::isComplete));
    return store;
  }

  private static boolean isComplete(String name) {
    Ignite ignite = Ignition.ignite(name);
    return ignite.cacheNames().stream()
        .allMatch(cache -> ignite.cache(cache).localMetrics().getRebalancingPartitionsCount() == 0);
  }

  private JobStore awaitCounting(String name, Set<String> wanted) {
    return await(
            name + " counting " + wanted,
            () ->
                find(name)
                    .filter(
                        store ->
                            store.site().all().equals(wanted)
                                && store.site().present().containsAll(wanted)))
        .orElseThrow();
  }

  private static <T> Optional<T> await(String what, Callable<Optional<T>> found) {
    return Awaitility.await(what).atMost(LIMIT).until(found, Optional::isPresent);
  }

  @Override
  public void close() {
    for (String name : List.copyOf(running.keySet())) {
      stop(name);
    }
  }
}
