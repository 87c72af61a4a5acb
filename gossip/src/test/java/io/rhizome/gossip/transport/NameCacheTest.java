// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NameCacheTest {
  private final ExecutorService loop = Executors.newSingleThreadExecutor();
  private final NameCache names = new NameCache(loop, NameCacheTest::lookup);

  @AfterEach
  void stop() {
    names.close();
    loop.shutdownNow();
  }

  @Test
  void aLiteralIsThereAtOnce() throws Exception {
    assertThat(resolve("10.0.0.7"))
        .containsExactly(NetUtil.createInetAddressFromIpAddressString("10.0.0.7"));
    assertThat(resolve("::1")).containsExactly(NetUtil.createInetAddressFromIpAddressString("::1"));
  }

  @Test
  void aNameHasAllItsAddressesOnceLookedUp() throws Exception {
    assertThat(resolve("seeds.example")).isEmpty();
    assertThat(found("seeds.example"))
        .containsExactly(
            NetUtil.createInetAddressFromIpAddressString("10.0.0.1"),
            NetUtil.createInetAddressFromIpAddressString("10.0.0.2"),
            NetUtil.createInetAddressFromIpAddressString("fd00::1"));
  }

  @Test
  void aNameWithVeryManyAddressesHasEight() throws Exception {
    assertThat(found("many.example")).hasSize(8);
  }

  @Test
  void aNameThatIsNotThereHasNone() throws Exception {
    resolve("nowhere.example");
    found("seeds.example");
    assertThat(resolve("nowhere.example")).isEmpty();
  }

  private List<InetAddress> found(String name) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(15))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> resolve(name), addresses -> !addresses.isEmpty());
  }

  private List<InetAddress> resolve(String host) throws Exception {
    Future<List<InetAddress>> resolved = loop.submit(() -> names.resolve(host));
    return resolved.get();
  }

  private static InetAddress[] lookup(String name) throws UnknownHostException {
    List<InetAddress> addresses = new ArrayList<>();
    switch (name) {
      case "seeds.example" -> {
        addresses.add(NetUtil.createInetAddressFromIpAddressString("10.0.0.1"));
        addresses.add(NetUtil.createInetAddressFromIpAddressString("10.0.0.2"));
        addresses.add(NetUtil.createInetAddressFromIpAddressString("fd00::1"));
      }
      case "many.example" -> {
        for (int i = 1; i <= 100; i++) {
          addresses.add(InetAddress.getByName("10.0.0." + i));
        }
      }
      default -> throw new UnknownHostException(name);
    }
    return addresses.toArray(new InetAddress[0]);
  }
}
