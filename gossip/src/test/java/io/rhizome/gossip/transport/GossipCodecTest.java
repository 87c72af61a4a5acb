// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.gossip.Accusation;
import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.Fixtures;
import io.rhizome.gossip.Member.Status;
import io.rhizome.gossip.Message;
import io.rhizome.gossip.Names;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.RecordKey;
import io.rhizome.gossip.SignedRecord;
import io.rhizome.gossip.coordinate.Coordinate;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
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
  private static final int KNOWN = 1_000;
  private static final NavigableMap<Long, NodeId> IDS = new TreeMap<>();
  private static final Names NAMES = IDS::get;

  static {
    for (int node = 0; node <= KNOWN; node++) {
      IDS.put(Fixtures.id(node).prefix(), Fixtures.id(node));
    }
  }

  @Property(tries = 500)
  void readsBackWhatItWrote(@ForAll("messages") Message message) throws MalformedPacketException {
    byte[] bytes = GossipCodec.encode(List.of(message));
    assertThat(bytes).hasSize(message.bytes());
    assertThat(GossipCodec.decode(ByteBuffer.wrap(bytes), NAMES)).containsExactly(message);
  }

  @Property(tries = 200)
  void readsBackSeveralMessagesInOrder(
      @ForAll("small") Message one, @ForAll("small") Message two, @ForAll("small") Message three)
      throws MalformedPacketException {
    List<Message> packet = List.of(one, two, three);
    assertThat(GossipCodec.decode(ByteBuffer.wrap(GossipCodec.encode(packet)), NAMES))
        .isEqualTo(packet);
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
    assertThatThrownBy(() -> GossipCodec.encode(Collections.nCopies(70, ping)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> GossipCodec.decode(ByteBuffer.allocate(1_126), NAMES))
        .isInstanceOf(MalformedPacketException.class);
  }

  @Example
  void whatIsAboutAStrangerIsLeftOut() throws MalformedPacketException {
    Message.Ack ack = new Message.Ack(1);
    List<Message> packet = List.of(new Message.Ping(1, Fixtures.id(KNOWN + 1)), ack);
    assertThat(GossipCodec.decode(ByteBuffer.wrap(GossipCodec.encode(packet)), NAMES))
        .containsExactly(ack);
  }

  @Example
  void aMessageWithoutItsEndIsMalformed() {
    byte[] bytes = GossipCodec.encode(List.of(new Message.Ping(1, Fixtures.id(1))));
    assertThatThrownBy(() -> GossipCodec.decode(ByteBuffer.wrap(bytes, 0, 10), NAMES))
        .hasMessage("a message ends too early");
  }

  @Provide
  Arbitrary<Message> messages() {
    return Arbitraries.oneOf(
        small(), records().map(Message.Join::new), digests(), summaries(), pulls());
  }

  @Provide
  Arbitrary<Message> small() {
    Arbitrary<Integer> numbers = Arbitraries.integers();
    Arbitrary<Long> longs = Arbitraries.longs();
    return Arbitraries.oneOf(
        Combinators.combine(longs, ids()).as(Message.Ping::new),
        Combinators.combine(longs, coordinates()).as(Message.Ack::new),
        longs.map(Message.Nack::new),
        Combinators.combine(longs, ids()).as(Message.PingRequest::new),
        Combinators.combine(ids(), longs, ids(), blobs(80))
            .as(Accusation::new)
            .map(Message.Accuse::new),
        Combinators.combine(ids(), longs).as(Message.Challenge::new),
        numbers.list().ofMaxSize(60).map(Message.Have::new),
        numbers.list().ofMaxSize(60).map(Message.Want::new),
        records().filter(r -> r.value().size() < 100).map(Message.Statement::new));
  }

  private static Arbitrary<Message> digests() {
    Arbitrary<Message.Digest.Entry> entries =
        Combinators.combine(
                Arbitraries.longs(),
                Arbitraries.longs(),
                Arbitraries.of(Status.values()),
                Arbitraries.integers())
            .as(Message.Digest.Entry::new);
    return Combinators.combine(
            Arbitraries.of(true, false),
            Arbitraries.longs(),
            Arbitraries.longs(),
            entries.list().ofMaxSize(Message.Digest.MAX_ENTRIES))
        .as(Message.Digest::new);
  }

  private static Arbitrary<Coordinate> coordinates() {
    return Combinators.combine(
            Arbitraries.floats()
                .between(-10, 10)
                .array(float[].class)
                .ofSize(Coordinate.DIMENSIONS),
            Arbitraries.floats().between(0.01f, 10),
            Arbitraries.floats().between(-10, 10),
            Arbitraries.floats().between(0, Coordinate.MAX_ERROR))
        .as(Coordinate::of);
  }

  private static Arbitrary<Message> summaries() {
    return Arbitraries.of(1, 2, 64, 256)
        .flatMap(ranges -> Arbitraries.integers().list().ofSize(ranges))
        .map(Message.Summary::new);
  }

  private static Arbitrary<Message> pulls() {
    Arbitrary<Integer> numbers = Arbitraries.integers();
    return Combinators.combine(
            Arbitraries.longs(),
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
    return Arbitraries.integers().between(0, KNOWN).map(Fixtures::id);
  }

  /** Empty where it is malformed; anything else than messages or that exception fails the test. */
  private static List<Message> readOrMalformed(byte[] bytes) {
    try {
      return GossipCodec.decode(ByteBuffer.wrap(bytes), NAMES);
    } catch (MalformedPacketException e) {
      return new ArrayList<>();
    }
  }
}
