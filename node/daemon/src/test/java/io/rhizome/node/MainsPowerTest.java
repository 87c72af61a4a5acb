// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Power supplies as Linux lays them out. */
class MainsPowerTest {
  @TempDir Path supplies;
  private long nanos = 1;

  private void supply(String name, String type) throws IOException {
    Path supply = Files.createDirectories(supplies.resolve(name));
    Files.writeString(supply.resolve("type"), type + "\n");
  }

  private void online(String name, String online) throws IOException {
    Files.writeString(supplies.resolve(name).resolve("online"), online + "\n");
  }

  private boolean onMains() {
    return new MainsPower(supplies, () -> nanos).getAsBoolean();
  }

  @Test
  void aMachineWithoutABatteryIsOnMains() throws Exception {
    assertThat(onMains()).isTrue();
    supply("ADP1", "Mains");
    online("ADP1", "0");
    assertThat(onMains()).isTrue();
  }

  @Test
  void aMachineWithABatteryIsOnMainsWhilePluggedIn() throws Exception {
    supply("BAT0", "Battery");
    assertThat(onMains()).isFalse();
    supply("ADP1", "Mains");
    assertThat(onMains()).as("does not say").isFalse();
    online("ADP1", "0");
    assertThat(onMains()).isFalse();
    online("ADP1", "1");
    assertThat(onMains()).isTrue();
  }

  @Test
  void aPlugMayBeOneOfUsb() throws Exception {
    supply("BAT0", "Battery");
    supply("ucsi-source-psy-1", "USB");
    online("ucsi-source-psy-1", "0");
    supply("ucsi-source-psy-2", "USB_PD");
    online("ucsi-source-psy-2", "0");
    assertThat(onMains()).isFalse();
    online("ucsi-source-psy-2", "2");
    assertThat(onMains()).isTrue();
  }

  @Test
  void theBatteryOfAMouseSaysNothingOfTheMachine() throws Exception {
    supply("hidpp_battery_0", "Battery");
    Files.writeString(supplies.resolve("hidpp_battery_0").resolve("scope"), "Device\n");
    assertThat(onMains()).isTrue();
    supply("BAT0", "Battery");
    Files.writeString(supplies.resolve("BAT0").resolve("scope"), "System\n");
    assertThat(onMains()).isFalse();
  }

  @Test
  void whatCannotBeReadCountsAsMains() throws Exception {
    assertThat(new MainsPower(supplies.resolve("none"), () -> nanos).getAsBoolean()).isTrue();
    supply("BAT0", "Battery");
    assertThat(onMains()).isFalse();
    Path file = supplies.resolve("BAT0").resolve("type");
    assertThat(new MainsPower(file, () -> nanos).getAsBoolean()).isTrue();
    Files.createDirectories(supplies.resolve("BAT1").resolve("type"));
    assertThat(onMains()).isTrue();
  }

  @Test
  void looksAgainAfterAFewSeconds() throws Exception {
    MainsPower power = new MainsPower(supplies, () -> nanos);
    assertThat(power.getAsBoolean()).isTrue();
    supply("BAT0", "Battery");
    nanos += MainsPower.FRESH_NANOS - 1;
    assertThat(power.getAsBoolean()).isTrue();
    nanos++;
    assertThat(power.getAsBoolean()).isFalse();
  }
}
