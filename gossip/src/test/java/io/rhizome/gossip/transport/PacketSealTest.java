// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.Fixtures;
import io.rhizome.gossip.Message;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PacketSealTest {
  private static final byte[] KEY = filled(32, 1);
  private static final byte[] CONTENT = {1, 2, 3};

  private final PacketSeal sender = new PacketSeal(KEY, "", Fixtures.id(1), filled(16, 1));
  private final PacketSeal receiver = new PacketSeal(KEY, "", Fixtures.id(2), filled(16, 2));

  @Test
  void opensWhatAMemberSealedAndSaysWhoItWas() {
    PacketSeal.Opened opened = requireNonNull(receiver.open(sender.seal(CONTENT)));
    assertThat(opened.sender()).isEqualTo(Fixtures.id(1));
    assertThat(opened.content()).isEqualTo(Bytes.of(CONTENT));
  }

  @Test
  void theLargestPacketHasTwelveHundredBytes() {
    assertThat(sender.seal(new byte[Message.PACKET_BYTES])).hasSize(1_200);
    assertThatThrownBy(() -> sender.seal(new byte[Message.PACKET_BYTES + 1]))
        .hasMessageContaining("at most 1200 bytes");
  }

  @Test
  void dropsWhatWasSealedWithAnotherKey() {
    PacketSeal stranger = new PacketSeal(filled(32, 9), "", Fixtures.id(1), filled(16, 1));
    assertThat(receiver.open(stranger.seal(CONTENT))).isNull();
    assertThat(receiver.drops().notAuthentic).isEqualTo(1);
  }

  @Test
  void dropsAPacketOfWhichAnyByteWasChanged() {
    byte[] packet = sender.seal(CONTENT);
    for (int i = 0; i < packet.length; i++) {
      byte[] changed = packet.clone();
      changed[i] ^= 0x40;
      assertThat(receiver.open(changed)).as("byte %d", i).isNull();
    }
    assertThat(receiver.open(packet)).isNotNull();
  }

  @Test
  void dropsWhatItHasSeenBeforeAndWhatIsTooOldToTell() {
    byte[] first = sender.seal(CONTENT);
    assertThat(receiver.open(first)).isNotNull();
    assertThat(receiver.open(first)).isNull();
    byte[] late = sender.seal(CONTENT);
    for (int i = 0; i < 1_024; i++) {
      receiver.open(sender.seal(CONTENT));
    }
    assertThat(receiver.open(late)).isNull();
    assertThat(receiver.drops().replayed).isEqualTo(2);
  }

  @Test
  void takesPacketsOutOfOrder() {
    byte[] first = sender.seal(CONTENT);
    byte[] second = sender.seal(CONTENT);
    assertThat(receiver.open(second)).isNotNull();
    assertThat(receiver.open(first)).isNotNull();
  }

  @Test
  void whatCameOverAStreamMayBeOlderThanAnyDatagram() {
    byte[] streamed = sender.seal(CONTENT);
    for (int i = 0; i < 2_000; i++) {
      receiver.open(sender.seal(CONTENT));
    }
    PacketSeal.Opened opened = requireNonNull(receiver.openStreamed(streamed, Fixtures.id(1)));
    assertThat(opened.sender()).isEqualTo(Fixtures.id(1));
    assertThat(receiver.open(sender.seal(CONTENT))).isNotNull();
    assertThat(receiver.drops().replayed).isZero();
  }

  @Test
  void dropsFromAStreamWhatAnotherSealed() {
    assertThat(receiver.openStreamed(sender.seal(CONTENT), Fixtures.id(3))).isNull();
    assertThat(receiver.drops().notAuthentic).isEqualTo(1);
  }

  @Test
  void dropsWhatWasSealedInAnotherMesh() {
    PacketSeal named = new PacketSeal(KEY, "mesh", Fixtures.id(1), filled(16, 1));
    assertThat(receiver.open(named.seal(CONTENT))).isNull();
    PacketSeal same = new PacketSeal(KEY, "mesh", Fixtures.id(2), filled(16, 2));
    assertThat(same.open(named.seal(CONTENT))).isNotNull();
  }

  @Test
  void theLargestPacketFitsAnMtuOf1280OverIpv6() {
    int ipv6AndUdp = 40 + 8;
    assertThat(sender.seal(new byte[Message.PACKET_BYTES]).length + ipv6AndUdp)
        .isLessThanOrEqualTo(1_280);
  }

  @Test
  void aRestartedSenderStartsAnew() {
    receiver.open(sender.seal(CONTENT));
    PacketSeal again = new PacketSeal(KEY, "", Fixtures.id(1), filled(16, 3));
    assertThat(receiver.open(again.seal(CONTENT))).isNotNull();
  }

  @Test
  void theSameContentNeverLooksTheSame() {
    byte[] one = sender.seal(CONTENT);
    byte[] two = sender.seal(CONTENT);
    assertThat(Arrays.copyOfRange(one, PacketSeal.HEADER_BYTES, one.length))
        .isNotEqualTo(Arrays.copyOfRange(two, PacketSeal.HEADER_BYTES, two.length));
  }

  @Test
  void dropsWhatIsNotSealedAtAll() {
    assertThat(receiver.open(new byte[0])).isNull();
    assertThat(
            receiver.open(
                "plain text, and rather long for a header of its kind, 75 bytes of it"
                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
        .isNull();
    assertThat(receiver.open(new byte[1_300])).isNull();
    assertThat(receiver.drops().notSealed).isEqualTo(3);
  }

  @Test
  void dropsWhatSpeaksNoCommonVersion() {
    byte[] packet = sender.seal(CONTENT);
    packet[1] = 2;
    packet[2] = 5;
    assertThat(receiver.open(packet)).isNull();
    assertThat(receiver.drops().incompatible).isEqualTo(1);
  }

  @Test
  void randomBytesNeverOpen() {
    Random random = new Random(1);
    for (int i = 0; i < 1_000; i++) {
      byte[] junk = new byte[random.nextInt(1_300)];
      random.nextBytes(junk);
      assertThat(receiver.open(junk)).isNull();
    }
  }

  @Test
  void packetsSealedWithTheKeyBeforeOpenUntilItIsForgotten() {
    byte[] before = sender.seal(CONTENT);
    byte[] late = sender.seal(CONTENT);
    receiver.rekey(filled(32, 5));
    assertThat(receiver.open(before)).isNotNull();
    receiver.forgetPrevious();
    assertThat(receiver.open(late)).isNull();
    assertThat(receiver.drops().notAuthentic).isEqualTo(1);
  }

  @Test
  void sealsWithTheNewKeyAtOnce() {
    sender.rekey(filled(32, 5));
    assertThat(receiver.open(sender.seal(CONTENT))).isNull();
    receiver.rekey(filled(32, 5));
    assertThat(receiver.open(sender.seal(CONTENT))).isNotNull();
  }

  @Test
  void theSameKeyAgainForgetsNothing() {
    receiver.rekey(filled(32, 5));
    receiver.rekey(filled(32, 5));
    assertThat(receiver.open(sender.seal(CONTENT))).isNotNull();
  }

  @Test
  void aKeyOfAnotherLengthIsRefusedByName() {
    assertThatThrownBy(() -> new PacketSeal(new byte[16], "", Fixtures.id(1), filled(16, 1)))
        .hasMessageContaining("meshKey must have 32 bytes, not 16");
  }

  @Test
  void theReplayWindowTakesEachCounterOnce() {
    ReplayWindow window = new ReplayWindow();
    assertThat(window.accept(5)).isTrue();
    assertThat(window.accept(5)).isFalse();
    assertThat(window.accept(3)).isTrue();
    assertThat(window.accept(5_000)).isTrue();
    assertThat(window.accept(3_976)).isFalse();
    assertThat(window.accept(3_977)).isTrue();
    assertThat(window.accept(3_977)).isFalse();
    assertThat(window.accept(-1)).isFalse();
    assertThat(window.accept(Long.MAX_VALUE)).isTrue();
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
