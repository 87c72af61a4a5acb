// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.Message;
import io.rhizome.gossip.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
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
 * <p>The key is HKDF-SHA256 (RFC 5869) of the mesh key, with label and name of the mesh as salt and
 * the sender and its random bytes as info; the nonce is the counter: a restored disk cannot repeat
 * a nonce, since the random bytes differ. What does not open is counted by kind and never answered.
 * Not thread-safe.
 *
 * <p>After {@link #rekey} packets are sealed with the new mesh key; those sealed with the one
 * before still open until {@link #forgetPrevious}, since not all members learn of it at once.
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
  private static final String LABEL = "rhizome gossip 1 ";

  private final byte[] label;
  private final NodeId self;
  private final byte[] boot;
  /* Two, so that the one that seals keeps its key schedule. */
  private final Cipher sealing;
  private final Cipher opening;
  private final Drops drops = new Drops();
  /* The newest first; one before it while not all members know the newest. */
  private List<MeshKey> keys;
  private SecretKeySpec sealKey;
  private long counter;

  /** A packet that opened: who sealed it and what it says. */
  public record Opened(NodeId sender, Bytes content) {}

  /** Packets refused so far, by reason. */
  static final class Drops {
    long notSealed;
    long incompatible;
    long notAuthentic;
    long replayed;
  }

  /** A packet that is genuine, though perhaps not new. */
  private record Genuine(Opened opened, long number, ReplayWindow window) {}

  /** One mesh key, and whoever seals with it. */
  private final class MeshKey {
    final byte[] bytes;
    final Hkdf subkeys;
    final Senders senders = new Senders();

    MeshKey(byte[] bytes) {
      if (bytes.length != KEY_BYTES) {
        throw new IllegalArgumentException(
            "meshKey must have %d bytes, not %d: write a new one with rhizome init"
                .formatted(KEY_BYTES, bytes.length));
      }
      this.bytes = bytes.clone();
      this.subkeys = Hkdf.extract(bytes, label);
    }

    SecretKeySpec subkey(NodeId sender, byte[] senderBoot) {
      byte[] info =
          ByteBuffer.allocate(NodeId.BYTES + BOOT_BYTES)
              .put(sender.bytes())
              .put(senderBoot)
              .array();
      return new SecretKeySpec(subkeys.expand(info, 32), "AES");
    }
  }

  /**
   * @param meshKey {@link #KEY_BYTES} bytes
   * @param mesh its name: what is sealed in another opens nowhere here, even under the same key
   * @param boot {@link #BOOT_BYTES} random bytes, never used before
   */
  public PacketSeal(byte[] meshKey, String mesh, NodeId self, byte[] boot) {
    this.label = (LABEL + mesh).getBytes(StandardCharsets.UTF_8);
    this.keys = List.of(new MeshKey(meshKey));
    if (boot.length != BOOT_BYTES) {
      throw new IllegalArgumentException("boot must have 16 bytes, not " + boot.length);
    }
    this.self = self;
    this.boot = boot.clone();
    this.sealKey = keys.get(0).subkey(self, boot);
    this.sealing = newCipher();
    this.opening = newCipher();
  }

  private static Cipher newCipher() {
    try {
      return Cipher.getInstance("AES/GCM/NoPadding");
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
      sealing.init(Cipher.ENCRYPT_MODE, sealKey, nonce(number));
      sealing.updateAAD(packet.array(), 0, HEADER_BYTES);
      sealing.doFinal(content, 0, content.length, packet.array(), HEADER_BYTES);
      return packet.array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM refused to seal", e);
    }
  }

  /** Opens a datagram; null, and counted, where it is not genuine or was seen before. */
  public @Nullable Opened open(byte[] packet) {
    Genuine genuine = genuine(packet);
    if (genuine == null) {
      return null;
    }
    if (!genuine.window().accept(genuine.number())) {
      drops.replayed++;
      return null;
    }
    return genuine.opened();
  }

  /**
   * Opens a packet from a stream whose other end is proved; null, and counted, where it is not
   * genuine or somebody else sealed it. Its number means nothing: a stream keeps its own order, in
   * which it may come long after datagrams that were sealed later.
   */
  @Nullable Opened openStreamed(byte[] packet, NodeId peer) {
    Genuine genuine = genuine(packet);
    if (genuine == null) {
      return null;
    }
    if (!genuine.opened().sender().equals(peer)) {
      drops.notAuthentic++;
      return null;
    }
    return genuine.opened();
  }

  private @Nullable Genuine genuine(byte[] packet) {
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
    return genuine(packet, NodeId.of(id), senderBoot, header.getLong());
  }

  Drops drops() {
    return drops;
  }

  /** Seals with that mesh key from now on; packets sealed with the one before still open. */
  public void rekey(byte[] meshKey) {
    MeshKey before = keys.get(0);
    if (!MessageDigest.isEqual(meshKey, before.bytes)) {
      MeshKey next = new MeshKey(meshKey);
      keys = List.of(next, before);
      sealKey = next.subkey(self, boot);
    }
  }

  /** Packets sealed with an earlier mesh key open no more. */
  public void forgetPrevious() {
    keys = List.of(keys.get(0));
  }

  private @Nullable Genuine genuine(byte[] packet, NodeId sender, byte[] senderBoot, long number) {
    for (MeshKey key : keys) {
      Senders.Source known = key.senders.find(sender, senderBoot);
      Senders.Source source =
          known == null
              ? new Senders.Source(sender, senderBoot, key.subkey(sender, senderBoot))
              : known;
      byte[] content = decrypted(packet, source.key, number);
      if (content == null) {
        continue;
      }
      if (known == null) {
        key.senders.remember(source);
      }
      return new Genuine(new Opened(source.sender, Bytes.of(content)), number, source.window);
    }
    drops.notAuthentic++;
    return null;
  }

  private byte @Nullable [] decrypted(byte[] packet, SecretKeySpec key, long number) {
    try {
      opening.init(Cipher.DECRYPT_MODE, key, nonce(number));
      opening.updateAAD(packet, 0, HEADER_BYTES);
      return opening.doFinal(packet, HEADER_BYTES, packet.length - HEADER_BYTES);
    } catch (AEADBadTagException e) {
      return null;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM refused to open", e);
    }
  }

  private static GCMParameterSpec nonce(long number) {
    return new GCMParameterSpec(
        TAG_BYTES * 8, ByteBuffer.allocate(12).putInt(0).putLong(number).array());
  }
}
