// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The values inside signed records as bytes, big-endian. Reading a malformed value throws {@link
 * IllegalArgumentException}.
 */
final class RecordFormat {
  private static final int MANIFEST_BYTES = 32;

  /**
   * The labels of a node, with the version below which all its older records are void.
   *
   * @param floor records below it count no more
   * @param labels the labels
   */
  record Labels(long floor, SortedMap<String, String> labels) {}

  private RecordFormat() {}

  static Bytes alive(Contact contact) {
    byte[] mesh = utf8(contact.mesh().host());
    byte[] api = utf8(contact.api().host());
    byte[] cell = utf8(contact.cell());
    int relays = contact.relays().size() * NodeId.BYTES;
    ByteBuffer out =
        ByteBuffer.allocate(2 + 2 * 3 + mesh.length + api.length + 2 + cell.length + relays);
    out.put((byte) contact.protocolMin()).put((byte) contact.protocolMax());
    out.put((byte) mesh.length).put(mesh).putShort((short) contact.mesh().port());
    out.put((byte) api.length).put(api).putShort((short) contact.api().port());
    out.put((byte) cell.length).put(cell).put((byte) contact.relays().size());
    contact.relays().forEach(relay -> out.put(relay.bytes()));
    return Bytes.of(out.array());
  }

  static Contact readAlive(Bytes value) {
    return read(
        value,
        in -> {
          int min = in.get() & 0xff;
          int max = in.get() & 0xff;
          Endpoint mesh = readEndpoint(in);
          Endpoint api = readEndpoint(in);
          String cell = text(in, in.get() & 0xff);
          List<NodeId> relays = new ArrayList<>();
          for (int left = in.get() & 0xff; left > 0; left--) {
            byte[] relay = new byte[NodeId.BYTES];
            in.get(relay);
            relays.add(NodeId.of(relay));
          }
          return new Contact(mesh, api, cell, relays, min, max);
        });
  }

  static Bytes labels(long floor, SortedMap<String, String> labels) {
    int size = 8 + 1;
    for (Map.Entry<String, String> label : labels.entrySet()) {
      int key = utf8(label.getKey()).length;
      if (key < 1 || key > 255) {
        throw new IllegalArgumentException(
            "a label's name has 1 to 255 bytes: '" + label.getKey() + "'");
      }
      size += 1 + key + 2 + utf8(label.getValue()).length;
    }
    if (labels.size() > 255 || size > SignedRecord.MAX_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "labels take %d bytes in %d entries, at most %d bytes in 255: shorten or drop some"
              .formatted(size, labels.size(), SignedRecord.MAX_VALUE_BYTES));
    }
    ByteBuffer out = ByteBuffer.allocate(size).putLong(floor).put((byte) labels.size());
    labels.forEach(
        (name, text) -> {
          byte[] key = utf8(name);
          byte[] label = utf8(text);
          out.put((byte) key.length).put(key).putShort((short) label.length).put(label);
        });
    return Bytes.of(out.array());
  }

  static Labels readLabels(Bytes value) {
    return read(
        value,
        in -> {
          long floor = in.getLong();
          SortedMap<String, String> labels = new TreeMap<>();
          for (int left = in.get() & 0xff; left > 0; left--) {
            String name = text(in, in.get() & 0xff);
            labels.put(name, text(in, in.getShort() & 0xffff));
          }
          return new Labels(floor, labels);
        });
  }

  static Bytes model(Residency residency) {
    byte[] manifest;
    try {
      manifest = HexFormat.of().parseHex(residency.manifest());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "manifest of model " + residency.model() + " must be hexadecimal", e);
    }
    if (manifest.length != MANIFEST_BYTES) {
      throw new IllegalArgumentException(
          "manifest of model %s must be 64 hexadecimal characters, not %d"
              .formatted(residency.model(), residency.manifest().length()));
    }
    return Bytes.of(
        ByteBuffer.allocate(1 + MANIFEST_BYTES).put(code(residency.state())).put(manifest).array());
  }

  /** The residency under this key; the value must not be the empty one of a tombstone. */
  static Residency readModel(RecordKey key, Bytes value) {
    return read(
        value,
        in -> {
          int state = in.get() & 0xff;
          byte[] manifest = new byte[MANIFEST_BYTES];
          in.get(manifest);
          return new Residency(
              key.model(), key.modelVersion(), HexFormat.of().formatHex(manifest), state(state));
        });
  }

  private static byte code(Residency.State state) {
    return switch (state) {
      case STORED -> 1;
      case READY -> 2;
    };
  }

  private static Residency.State state(int code) {
    return switch (code) {
      case 1 -> Residency.State.STORED;
      case 2 -> Residency.State.READY;
      default -> throw new IllegalArgumentException("unknown residency state " + code);
    };
  }

  private static <T> T read(Bytes value, Function<ByteBuffer, T> reader) {
    ByteBuffer in = value.buffer();
    try {
      T result = reader.apply(in);
      if (in.hasRemaining()) {
        throw new IllegalArgumentException(in.remaining() + " bytes too many in a record");
      }
      return result;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a record ends too early", e);
    }
  }

  private static Endpoint readEndpoint(ByteBuffer in) {
    String host = text(in, in.get() & 0xff);
    return new Endpoint(host, in.getShort() & 0xffff);
  }

  private static String text(ByteBuffer in, int length) {
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
