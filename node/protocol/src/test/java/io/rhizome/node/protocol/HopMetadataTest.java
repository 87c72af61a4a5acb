// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.protocol.HopReport.Outcome;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HopMetadataTest {
  private static final NodeId A = NodeId.ofPublicKey(new byte[] {1});
  private static final NodeId B = NodeId.ofPublicKey(new byte[] {2});

  @Test
  void readsWhatItWrote() throws Exception {
    HopMetadata hop =
        new HopMetadata(29_999_000, 3, "digits", 7, List.of(A, B), "acme", "eu", 2, A);
    assertThat(HopMetadata.decode(hop.encode())).isEqualTo(hop);
  }

  @Test
  void aNodeThatKnowsNoPrioritiesMeansTheMiddleOneAndNoTarget() throws Exception {
    HopMetadata hop = new HopMetadata(1, 3, "digits", 7, List.of(A), "acme", "eu", 1, null);
    byte[] older = Arrays.copyOf(hop.encode(), hop.encode().length - 2);
    assertThat(HopMetadata.decode(older)).isEqualTo(hop);
  }

  @Test
  void ignoresWhatNewerNodesAppend() throws Exception {
    HopMetadata hop = new HopMetadata(1, 0, "digits", 0, List.of(A), "", "", 1, null);
    byte[] longer = Arrays.copyOf(hop.encode(), hop.encode().length + 9);
    assertThat(HopMetadata.decode(longer)).isEqualTo(hop);
  }

  @Test
  void refusesToBeMadeOfNonsense() {
    assertThatThrownBy(() -> new HopMetadata(1, 17, "m", 0, List.of(A), "", "", 1, null))
        .hasMessageContaining("hop limit");
    assertThatThrownBy(() -> new HopMetadata(1, 4, "m", 0, List.of(), "", "", 1, null))
        .hasMessageContaining("visited");
    assertThatThrownBy(
            () -> new HopMetadata(1, 4, "m", 0, Collections.nCopies(17, A), "", "", 1, null))
        .hasMessageContaining("visited");
  }

  @Property
  void refusesAnyOtherBytesCleanly(@ForAll @Size(max = 120) byte[] value) {
    try {
      assertThat(HopMetadata.decode(value).visited()).isNotEmpty();
    } catch (MalformedException expected) {
      assertThat(expected).hasMessageContaining(HopMetadata.NAME);
    }
  }

  @Test
  void aReportReadsWhatItWrote() throws Exception {
    HopReport report = new HopReport(Outcome.OVERLOADED, 5, 10, 1_000, 2_000, 3_000, 4_000);
    assertThat(HopReport.decode(report.encode())).isEqualTo(report);
    HopReport pointing = report.with(new HopReport.Alternative(A, 1, 2, 3, 4, 5));
    assertThat(HopReport.decode(pointing.encode())).isEqualTo(pointing);
  }

  @Test
  void anOlderNodesReportSaysNothingOfWhenToTryAgain() throws Exception {
    HopReport report = new HopReport(Outcome.OVERLOADED, 5, 10, 1_000, 2_000, 3_000, 0);
    byte[] older = Arrays.copyOf(report.encode(), report.encode().length - Long.BYTES);
    assertThat(HopReport.decode(older)).isEqualTo(report);
  }

  @Test
  void aReportCarriesWhatARouterSaysWithAnAlternativeAndWithout() throws Exception {
    HopReport.Word longest = new HopReport.Word("q_routing", bytes(HopReport.MAX_WORD_BYTES));
    HopReport report = new HopReport(Outcome.ANSWERED, 5, 10, 1, 2, 3, 4).saying(longest);
    HopReport pointing = report.with(new HopReport.Alternative(A, 1, 2, 3, 4, 5));

    assertThat(HopReport.decode(report.encode())).isEqualTo(report);
    assertThat(HopReport.decode(pointing.encode())).isEqualTo(pointing);
    assertThat(HopReport.decode(longer(pointing.encode()))).isEqualTo(pointing);
  }

  @Test
  void whereNoRouterSaysAnythingAReportIsNoLonger() {
    HopReport report = new HopReport(Outcome.ANSWERED, 5, 10, 1, 2, 3, 4);

    assertThat(report.saying(null)).isSameAs(report);
    assertThat(report.encode()).hasSize(42);
  }

  @Test
  void whatNoRouterCanHaveSaidIsIgnoredAndTheRestOfTheReportIsNot() throws Exception {
    HopReport plain = new HopReport(Outcome.ANSWERED, 5, 10, 1, 2, 3, 4);
    byte[] value = plain.saying(new HopReport.Word("q", bytes(3))).encode();
    int length = value.length - 4;
    byte[] tooLong = longer(value.clone(), 100);
    tooLong[length] = HopReport.MAX_WORD_BYTES + 1;
    byte[] beyond = value.clone();
    beyond[length] = 4;
    byte[] nothing = value.clone();
    nothing[length] = 0;
    byte[] name = value.clone();
    name[length - 2] = (byte) 200;
    byte[] cut = Arrays.copyOf(value, length);

    for (byte[] wrong : List.of(tooLong, beyond, nothing, name, cut)) {
      assertThat(HopReport.decode(wrong)).isEqualTo(plain);
    }
    assertThatThrownBy(() -> new HopReport.Word("q", bytes(65))).hasMessageContaining("not 65");
  }

  @Property
  void aReportOfAnyOtherBytesIsRefusedCleanly(@ForAll @Size(max = 200) byte[] value) {
    try {
      assertThat(HopReport.decode(value).limit()).isPositive();
    } catch (MalformedException expected) {
      assertThat(expected).hasMessageContaining(HopReport.NAME);
    }
  }

  private static ByteString bytes(int count) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) 9);
    return ByteString.copyFrom(bytes);
  }

  private static byte[] longer(byte[] value) {
    return longer(value, 9);
  }

  private static byte[] longer(byte[] value, int more) {
    return Arrays.copyOf(value, value.length + more);
  }

  @Test
  void aReportOfAnUnknownFormatOrOutcomeIsRefused() {
    byte[] value = new HopReport(Outcome.ANSWERED, 1, 1, 0, 0, 0, 0).encode();
    value[1] = 99;
    assertThatThrownBy(() -> HopReport.decode(value)).isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> HopReport.decode(new byte[3])).isInstanceOf(MalformedException.class);
  }
}
