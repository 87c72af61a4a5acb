// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.Fixtures;
import io.rhizome.gossip.Member.Status;
import io.rhizome.gossip.Message;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.RecordKey;
import io.rhizome.gossip.SignedRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class GossipCodecTest {
  @Property(tries = 500)
  void readsBackWhatItWrote(@ForAll("messages") Message message) throws MalformedPacketException {
    byte[] bytes = GossipCodec.encode(List.of(message));
    assertThat(bytes).hasSize(message.bytes());
    assertThat(GossipCodec.decode(bytes)).containsExactly(message);
  }

  @Property(tries = 200)
  void readsBackSeveralMessagesInOrder(
      @ForAll("small") Message one, @ForAll("small") Message two, @ForAll("small") Message three)
      throws MalformedPacketException {
    List<Message> packet = List.of(one, two, three);
    assertThat(GossipCodec.decode(GossipCodec.encode(packet))).isEqualTo(packet);
  }

  @Property(tries = 2_000)
  void randomBytesAreReadOrCalledMalformed(@ForAll @Size(max = 1_200) byte[] bytes) {
    assertThat(readOrMalformed(bytes)).isNotNull();
  }

  @Property(tries = 2_000)
  void aChangedPacketIsReadOrCalledMalformed(
      @ForAll("messages") Message message,
      @ForAll @IntRange(max = 1_124) int at,
      @ForAll byte value,
      @ForAll @IntRange(max = 1_125) int length) {
    byte[] bytes = GossipCodec.encode(List.of(message));
    bytes[at % bytes.length] = value;
    assertThat(readOrMalformed(bytes)).isNotNull();
    assertThat(readOrMalformed(java.util.Arrays.copyOf(bytes, length))).isNotNull();
  }

  @Example
  void aPacketThatIsTooLargeIsRefusedBothWays() {
    Message ping = new Message.Ping(1, Fixtures.id(1));
    assertThatThrownBy(() -> GossipCodec.encode(Collections.nCopies(40, ping)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> GossipCodec.decode(new byte[1_126]))
        .isInstanceOf(MalformedPacketException.class);
  }

  @Example
  void aMessageWithoutItsEndIsMalformed() {
    byte[] bytes = GossipCodec.encode(List.of(new Message.Ping(1, Fixtures.id(1))));
    assertThatThrownBy(() -> GossipCodec.decode(java.util.Arrays.copyOf(bytes, 20)))
        .hasMessage("a message ends too early");
  }

  @Provide
  Arbitrary<Message> messages() {
    return Arbitraries.oneOf(small(), records().map(Message.Join::new), digests(), pulls());
  }

  @Provide
  Arbitrary<Message> small() {
    Arbitrary<Integer> numbers = Arbitraries.integers();
    Arbitrary<Long> longs = Arbitraries.longs();
    return Arbitraries.oneOf(
        Combinators.combine(numbers, ids()).as(Message.Ping::new),
        numbers.map(Message.Ack::new),
        Combinators.combine(numbers, ids()).as(Message.PingRequest::new),
        Combinators.combine(ids(), longs, ids()).as(Message.Suspect::new),
        Combinators.combine(ids(), longs, ids()).as(Message.Dead::new),
        records().filter(r -> r.value().size() < 100).map(Message.Statement::new));
  }

  private static Arbitrary<Message> digests() {
    Arbitrary<Message.Digest.Entry> entries =
        Combinators.combine(
                ids(), Arbitraries.longs(), Arbitraries.of(Status.values()), Arbitraries.longs())
            .as(Message.Digest.Entry::new);
    return Combinators.combine(
            Arbitraries.of(true, false),
            ids(),
            ids(),
            entries.list().ofMaxSize(Message.Digest.MAX_ENTRIES))
        .as(Message.Digest::new);
  }

  private static Arbitrary<Message> pulls() {
    Arbitrary<Integer> numbers = Arbitraries.integers();
    return Combinators.combine(
            ids(),
            Arbitraries.longs(),
            numbers,
            numbers,
            numbers.list().ofMaxSize(Message.Pull.MAX_HELD))
        .as(Message.Pull::new);
  }

  private static Arbitrary<SignedRecord> records() {
    Arbitrary<RecordKey> keys =
        Arbitraries.oneOf(
            Arbitraries.of(RecordKey.Kind.ALIVE, RecordKey.Kind.LEAVE, RecordKey.Kind.LABELS)
                .map(kind -> new RecordKey(kind, "", 0)),
            Combinators.combine(
                    Arbitraries.strings()
                        .withCharRange('a', '\u00ff')
                        .ofMinLength(1)
                        .ofMaxLength(60),
                    Arbitraries.longs())
                .as((model, version) -> new RecordKey(RecordKey.Kind.MODEL, model, version)));
    return Combinators.combine(ids(), keys, Arbitraries.longs(), blobs(600), blobs(80))
        .as(SignedRecord::new);
  }

  private static Arbitrary<Bytes> blobs(int max) {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(max).map(Bytes::of);
  }

  private static Arbitrary<NodeId> ids() {
    return Arbitraries.integers().between(0, 1_000).map(Fixtures::id);
  }

  /** Empty where it is malformed; anything else than messages or that exception fails the test. */
  private static List<Message> readOrMalformed(byte[] bytes) {
    try {
      return GossipCodec.decode(bytes);
    } catch (MalformedPacketException e) {
      return new ArrayList<>();
    }
  }
}
