// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class LanDiscoveryTest {
  private static final Endpoint CONFIGURED = new Endpoint("seed.example", 7700);
  private static final Endpoint HERE = new Endpoint("10.0.0.9", 7700);

  private final List<List<Endpoint>> told = new CopyOnWriteArrayList<>();
  private final LanSeeds seeds = new LanSeeds("m1", "self", List.of(CONFIGURED), told::add);
  private final List<String> opened = new CopyOnWriteArrayList<>();

  @Test
  void aNodeOfThisMeshBecomesASeedBesideTheConfiguredOnes() {
    heard("m1", "a", "10.0.0.1");
    assertThat(told).containsExactly(List.of(CONFIGURED, new Endpoint("10.0.0.1", 7700)));
  }

  @Test
  void anotherMeshAndThisNodeItselfAreNone() {
    heard("m2", "a", "10.0.0.1");
    heard("m1", "self", "10.0.0.9");
    seeds.heard("m1", "b", List.of(), 7700);
    seeds.heard("m1", "b", List.of(address("10.0.0.1")), 0);
    assertThat(told).isEmpty();
  }

  @Test
  void onlyWhatIsNewIsTold() {
    heard("m1", "a", "10.0.0.1");
    heard("m1", "a", "10.0.0.1");
    heard("m1", "a", "10.0.0.2");
    assertThat(told).hasSize(2);
    assertThat(told.get(1)).containsExactly(CONFIGURED, new Endpoint("10.0.0.2", 7700));
  }

  @Test
  void aFloodOfNamesIsBounded() {
    for (int i = 0; i < 1_000; i++) {
      heard("m1", "node" + i, "10.0.1." + i % 250);
    }
    assertThat(told.get(told.size() - 1)).hasSizeLessThanOrEqualTo(LanSeeds.MAX_NODES + 1);
  }

  @Test
  void whatIsHeardReachesTheSeedsAndANewAddressOpensAnew() {
    Multicast echo =
        (mesh, node, at, port, listener) -> {
          opened.add(at.getHostAddress());
          listener.heard(mesh, "other", List.of(address("10.0.0.1")), port);
          return () -> opened.add("closed " + at.getHostAddress());
        };
    try (LanDiscovery lan = new LanDiscovery(echo, "m1", "self", List.of(), told::add)) {
      lan.at(HERE);
      lan.at(new Endpoint("10.0.0.10", 7700));
      await("10.0.0.9", "closed 10.0.0.9", "10.0.0.10");
    }
    await("10.0.0.9", "closed 10.0.0.9", "10.0.0.10", "closed 10.0.0.10");
    assertThat(told).containsExactly(List.of(new Endpoint("10.0.0.1", 7700)));
  }

  @Test
  void withoutMulticastNothingIsFoundAndNothingFails() {
    Multicast blocked =
        (mesh, node, at, port, listener) -> {
          opened.add(at.getHostAddress());
          throw new IOException("Operation not permitted");
        };
    try (LanDiscovery lan = new LanDiscovery(blocked, "m1", "self", List.of(), told::add)) {
      lan.at(HERE);
      lan.at(HERE);
      await("10.0.0.9", "10.0.0.9");
    }
    assertThat(told).isEmpty();
  }

  private void await(String... events) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(15))
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> assertThat(opened).containsExactly(events));
  }

  private void heard(String mesh, String node, String address) {
    seeds.heard(mesh, node, List.of(address(address)), 7700);
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
