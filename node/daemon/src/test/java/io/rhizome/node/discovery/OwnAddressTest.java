// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OwnAddressTest {
  private final Machine machine = new Machine();
  private final List<String> changes = new ArrayList<>();

  private static final class Machine implements Interfaces {
    private @Nullable InetAddress routed;
    private @Nullable InetAddress routed6;
    private List<InetAddress> all = List.of();

    @Override
    public @Nullable InetAddress routed(boolean ipv6) {
      return ipv6 ? routed6 : routed;
    }

    @Override
    public List<InetAddress> all() {
      return all;
    }
  }

  @Test
  void theDefaultRouteDecides() {
    machine.routed = address("192.168.1.9");
    machine.all = List.of(address("10.0.0.1"), address("192.168.1.9"));
    assertThat(new OwnAddress(machine, false).host()).isEqualTo("192.168.1.9");
  }

  @Test
  void withoutOneAPrivateAddressComesFirst() {
    machine.all =
        List.of(
            address("127.0.0.1"),
            address("169.254.3.3"),
            address("8.8.4.4"),
            address("fd00::1"),
            address("10.0.0.1"));
    assertThat(new OwnAddress(machine, true).host()).isEqualTo("10.0.0.1");
  }

  @Test
  void ipv6OnlyWhereItMayBeAndThereIsNoOther() {
    machine.routed6 = address("fd00::7");
    assertThat(new OwnAddress(machine, true).host()).isEqualTo("fd00:0:0:0:0:0:0:7");
    assertThat(new OwnAddress(machine, false).host()).isEqualTo("127.0.0.1");
    machine.routed = address("10.0.0.1");
    assertThat(new OwnAddress(machine, true).host()).isEqualTo("10.0.0.1");
  }

  @Test
  void aNewLeaseIsToldOnce() {
    machine.routed = address("192.168.1.9");
    OwnAddress own = new OwnAddress(machine, false);
    own.look(() -> changes.add(own.host()));
    machine.routed = address("192.168.1.50");
    own.look(() -> changes.add(own.host()));
    own.look(() -> changes.add(own.host()));
    assertThat(changes).containsExactly("192.168.1.50");
  }

  @Test
  void anUnpluggedMachineKeepsItsAddress() {
    machine.routed = address("192.168.1.9");
    OwnAddress own = new OwnAddress(machine, false);
    machine.routed = null;
    own.look(() -> changes.add(own.host()));
    assertThat(own.host()).isEqualTo("192.168.1.9");
    assertThat(changes).isEmpty();
  }

  @Test
  void theSystemNamesNoAddressThatOthersCannotUse() {
    InetAddress routed = new SystemInterfaces().routed(false);
    assertThat(routed == null || !routed.isLoopbackAddress()).isTrue();
    assertThat(new SystemInterfaces().all()).isNotEmpty();
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
