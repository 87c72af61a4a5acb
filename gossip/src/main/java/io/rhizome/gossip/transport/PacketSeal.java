// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.Message;
import io.rhizome.gossip.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals packets with AES-256-GCM so that only holders of the mesh key can make or read them.
 *
 * <pre>
 * byte 0        magic and format, 0x51
 * bytes 1, 2    oldest and newest protocol version that the sender speaks
 * bytes 3-34    sender
 * bytes 35-50   random bytes drawn when the sender started
 * bytes 51-58   counter, from 0, never repeated under the same random bytes
 * bytes 59-     ciphertext and tag of 16 bytes; bytes 0-58 are authenticated with it
 * </pre>
 *
 * <p>The key is HKDF-SHA256 of (mesh key, salt = random bytes, info = label and sender), the nonce
 * the counter: a restored disk cannot repeat a nonce, since the random bytes differ. What does not
 * open is counted by kind and never answered. Not thread-safe.
 */
public final class PacketSeal {
  /** Largest packet in bytes. */
  public static final int MAX_PACKET_BYTES = 1_200;

  /** Length of the mesh key in bytes. */
  public static final int KEY_BYTES = 32;

  /** Length of the random bytes drawn at start. */
  public static final int BOOT_BYTES = 16;

  /** What sealing adds to the messages of a packet, in bytes. */
  public static final int OVERHEAD_BYTES = 3 + NodeId.BYTES + BOOT_BYTES + 8 + 16;

  static final int PROTOCOL = 1;
  static final int HEADER_BYTES = OVERHEAD_BYTES - 16;
  static final int TAG_BYTES = 16;

  private static final byte MAGIC = 0x51;
  private static final int MAX_SENDERS = 4_096;
  private static final byte[] LABEL = "rhizome gossip 1 ".getBytes(StandardCharsets.US_ASCII);

  private final byte[] meshKey;
  private final NodeId self;
  private final byte[] boot;
  private final SecretKeySpec sealKey;
  private final Cipher cipher;
  private final Drops drops = new Drops();
  private final Map<ByteBuffer, Source> sources = new LinkedHashMap<>(16, 0.75f, true);
  private long counter;

  /** A packet that opened: who sealed it and what it says. */
  record Opened(NodeId sender, Bytes content) {}

  /** Packets refused so far, by reason. */
  static final class Drops {
    long notSealed;
    long incompatible;
    long notAuthentic;
    long replayed;
  }

  private record Source(SecretKeySpec key, ReplayWindow window) {}

  /**
   * @param meshKey {@link #KEY_BYTES} bytes
   * @param boot {@link #BOOT_BYTES} random bytes, never used before
   */
  public PacketSeal(byte[] meshKey, NodeId self, byte[] boot) {
    if (meshKey.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          "meshKey must have %d bytes, not %d: write a new one with rhizome init"
              .formatted(KEY_BYTES, meshKey.length));
    }
    if (boot.length != BOOT_BYTES) {
      throw new IllegalArgumentException("boot must have 16 bytes, not " + boot.length);
    }
    this.meshKey = meshKey.clone();
    this.self = self;
    this.boot = boot.clone();
    this.sealKey = subkey(self, boot);
    try {
      this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES/GCM/NoPadding", e);
    }
  }

  /** Seals at most {@link Message#PACKET_BYTES} bytes. */
  public byte[] seal(byte[] content) {
    ByteBuffer packet = ByteBuffer.allocate(HEADER_BYTES + content.length + TAG_BYTES);
    if (packet.capacity() > MAX_PACKET_BYTES) {
      throw new IllegalArgumentException(
          "a packet has at most 1200 bytes, not " + packet.capacity());
    }
    long number = counter++;
    packet.put(MAGIC).put((byte) PROTOCOL).put((byte) PROTOCOL);
    packet.put(self.bytes()).put(boot).putLong(number);
    try {
      cipher.init(Cipher.ENCRYPT_MODE, sealKey, nonce(number));
      cipher.updateAAD(packet.array(), 0, HEADER_BYTES);
      cipher.doFinal(content, 0, content.length, packet.array(), HEADER_BYTES);
      return packet.array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM refused to seal", e);
    }
  }

  /** Opens a packet; null, and counted, where it is not genuine or was seen before. */
  @Nullable Opened open(byte[] packet) {
    if (packet.length < HEADER_BYTES + TAG_BYTES
        || packet.length > MAX_PACKET_BYTES
        || packet[0] != MAGIC) {
      drops.notSealed++;
      return null;
    }
    ByteBuffer header = ByteBuffer.wrap(packet, 1, HEADER_BYTES - 1);
    int oldest = header.get() & 0xff;
    int newest = header.get() & 0xff;
    if (oldest > PROTOCOL || newest < PROTOCOL) {
      drops.incompatible++;
      return null;
    }
    byte[] id = new byte[NodeId.BYTES];
    byte[] senderBoot = new byte[BOOT_BYTES];
    header.get(id).get(senderBoot);
    return open(packet, NodeId.of(id), senderBoot, header.getLong());
  }

  Drops drops() {
    return drops;
  }

  private @Nullable Opened open(byte[] packet, NodeId sender, byte[] senderBoot, long number) {
    ByteBuffer name =
        ByteBuffer.allocate(NodeId.BYTES + BOOT_BYTES).put(sender.bytes()).put(senderBoot).flip();
    Source source = sources.get(name);
    boolean known = source != null;
    if (source == null) {
      source = new Source(subkey(sender, senderBoot), new ReplayWindow());
    }
    byte[] content;
    try {
      cipher.init(Cipher.DECRYPT_MODE, source.key(), nonce(number));
      cipher.updateAAD(packet, 0, HEADER_BYTES);
      content = cipher.doFinal(packet, HEADER_BYTES, packet.length - HEADER_BYTES);
    } catch (AEADBadTagException e) {
      drops.notAuthentic++;
      return null;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM refused to open", e);
    }
    if (!known) {
      remember(name, source);
    }
    if (!source.window().accept(number)) {
      drops.replayed++;
      return null;
    }
    return new Opened(sender, Bytes.of(content));
  }

  /** Only authentic senders get here, so that strangers cannot push members out. */
  private void remember(ByteBuffer name, Source source) {
    sources.put(name, source);
    if (sources.size() > MAX_SENDERS) {
      sources.remove(sources.keySet().iterator().next());
    }
  }

  private SecretKeySpec subkey(NodeId sender, byte[] senderBoot) {
    byte[] info =
        ByteBuffer.allocate(LABEL.length + NodeId.BYTES).put(LABEL).put(sender.bytes()).array();
    return new SecretKeySpec(Hkdf.derive(meshKey, senderBoot, info, 32), "AES");
  }

  private static GCMParameterSpec nonce(long number) {
    return new GCMParameterSpec(
        TAG_BYTES * 8, ByteBuffer.allocate(12).putInt(0).putLong(number).array());
  }
}
