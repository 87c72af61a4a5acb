// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Proposals, records and images as bytes: big-endian, lengths first, one form for each value, so
 * that it can be signed. Reading is bounded by {@link PolicyLimits} and throws {@link
 * IllegalArgumentException} for anything that writing could not have made.
 */
public final class PolicyCodec {
  private static final String SIGNED = "rhizome-proposal-v1\0";
  private static final String EPOCH = "rhizome-epoch-v1\0";
  private static final byte FORMAT = 1;
  private static final int MAX_MESH_CHARS = 64;
  private static final int MAX_AUTHOR_CHARS = PolicyLimits.MAX_SUBJECT_CHARS + 16;
  private static final int MAX_VOTERS = 16;
  private static final int MAX_KIND_CHARS = 16;
  private static final int MAX_KEY_CHARS = 256;

  private PolicyCodec() {}

  /** A proposal as bytes; may be longer than allowed, which reading refuses. */
  public static byte[] encode(Proposal proposal) {
    return written(
        out -> {
          body(out, proposal);
          Proof proof = proposal.proof();
          text(out, proof.by().name());
          text(out, proof.subject());
          bytes(out, proof.statement().toArray());
          bytes(out, proof.signature().toArray());
        });
  }

  /** Reads {@link #encode(Proposal)}. */
  public static Proposal proposal(byte[] encoded) {
    if (encoded.length > PolicyLimits.MAX_PROPOSAL_BYTES) {
      throw new IllegalArgumentException(
          "a proposal of %d bytes, at most %d are allowed: commit it in parts"
              .formatted(encoded.length, PolicyLimits.MAX_PROPOSAL_BYTES));
    }
    return read(
        encoded,
        in -> {
          ProposalId id = new ProposalId(in.readLong(), in.readLong());
          String mesh = text(in, MAX_MESH_CHARS);
          long basis = in.readLong();
          List<Change> changes = changes(in);
          Proof proof =
              new Proof(
                  Proof.By.valueOf(text(in, MAX_KIND_CHARS)),
                  text(in, PolicyLimits.MAX_SUBJECT_CHARS),
                  Bytes.of(bytes(in, PolicyLimits.MAX_PROOF_BYTES)),
                  Bytes.of(bytes(in, PolicyLimits.MAX_PROOF_BYTES)));
          return new Proposal(id, mesh, basis, changes, proof);
        });
  }

  static Bytes signedBytes(Proposal proposal) {
    return Bytes.of(
        written(
            out -> {
              out.write(SIGNED.getBytes(StandardCharsets.US_ASCII));
              body(out, proposal);
            }));
  }

  /** A record as bytes. */
  public static byte[] encode(PolicyRecord record) {
    return written(out -> write(out, record));
  }

  /** Reads {@link #encode(PolicyRecord)}. */
  public static PolicyRecord record(byte[] encoded) {
    return read(encoded, PolicyCodec::readRecord);
  }

  /** An image as bytes, at most a little more than both of {@link PolicyLimits}' totals. */
  public static byte[] encode(PolicyImage image) {
    return written(
        out -> {
          out.writeByte(FORMAT);
          out.writeLong(image.snapshot().version());
          out.writeInt(image.snapshot().resources().size());
          for (Resource resource : image.snapshot().resources().values()) {
            text(out, resource.key().kind());
            text(out, resource.key().name());
            out.writeLong(resource.version());
            text(out, resource.body());
            text(out, resource.author());
            out.writeLong(resource.stampMillis());
          }
          out.writeInt(image.records().size());
          for (PolicyRecord record : image.records()) {
            write(out, record);
          }
        });
  }

  /** Reads {@link #encode(PolicyImage)}. */
  public static PolicyImage image(byte[] encoded) {
    return read(
        encoded,
        in -> {
          if (in.readByte() != FORMAT) {
            throw new IllegalArgumentException("a policy image of an unknown format");
          }
          long version = in.readLong();
          SortedMap<ResourceKey, Resource> resources = new TreeMap<>();
          for (int left = count(in, PolicyLimits.MAX_RESOURCES); left > 0; left--) {
            Resource resource =
                new Resource(
                    key(in),
                    in.readLong(),
                    text(in, PolicyLimits.MAX_BODY_BYTES),
                    text(in, MAX_AUTHOR_CHARS),
                    in.readLong());
            resources.put(resource.key(), resource);
          }
          List<PolicyRecord> records = new ArrayList<>();
          for (int left = count(in, PolicyLimits.MAX_RECORDS); left > 0; left--) {
            records.add(readRecord(in));
          }
          return new PolicyImage(new PolicySnapshot(version, resources), records);
        });
  }

  static byte[] encode(FollowerCopy copy) {
    return written(
        out -> {
          out.writeInt(copy.voters().size());
          for (NodeId voter : copy.voters()) {
            out.write(voter.bytes());
          }
          bytes(out, encode(copy.image()));
        });
  }

  static FollowerCopy followerCopy(byte[] encoded) {
    return read(
        encoded,
        in -> {
          List<NodeId> voters = new ArrayList<>();
          for (int left = count(in, MAX_VOTERS); left > 0; left--) {
            voters.add(node(in));
          }
          return new FollowerCopy(voters, image(bytes(in, encoded.length)));
        });
  }

  /** An epoch statement as bytes. */
  public static byte[] encode(EpochStatement epoch) {
    return written(
        out -> {
          body(out, epoch);
          out.write(epoch.operator().bytes());
          bytes(out, epoch.signature().toArray());
        });
  }

  /** Reads {@link #encode(EpochStatement)}. */
  public static EpochStatement epoch(byte[] encoded) {
    return read(
        encoded,
        in ->
            new EpochStatement(
                text(in, MAX_MESH_CHARS),
                in.readLong(),
                node(in),
                node(in),
                Bytes.of(bytes(in, PolicyLimits.MAX_PROOF_BYTES))));
  }

  static Bytes signedBytes(EpochStatement epoch) {
    return Bytes.of(
        written(
            out -> {
              out.write(EPOCH.getBytes(StandardCharsets.US_ASCII));
              body(out, epoch);
            }));
  }

  private static void body(DataOutputStream out, EpochStatement epoch) throws IOException {
    text(out, epoch.mesh());
    out.writeLong(epoch.number());
    out.write(epoch.node().bytes());
  }

  private static NodeId node(DataInputStream in) throws IOException {
    byte[] id = new byte[NodeId.BYTES];
    in.readFully(id);
    return NodeId.of(id);
  }

  private static void body(DataOutputStream out, Proposal proposal) throws IOException {
    out.writeLong(proposal.id().high());
    out.writeLong(proposal.id().low());
    text(out, proposal.mesh());
    out.writeLong(proposal.basis());
    changes(out, proposal.changes());
  }

  private static void write(DataOutputStream out, PolicyRecord record) throws IOException {
    out.writeLong(record.version());
    out.writeLong(record.id().high());
    out.writeLong(record.id().low());
    text(out, record.author());
    out.writeLong(record.stampMillis());
    changes(out, record.changes());
  }

  private static PolicyRecord readRecord(DataInputStream in) throws IOException {
    return new PolicyRecord(
        in.readLong(),
        new ProposalId(in.readLong(), in.readLong()),
        text(in, MAX_AUTHOR_CHARS),
        in.readLong(),
        changes(in));
  }

  private static void changes(DataOutputStream out, List<Change> changes) throws IOException {
    out.writeInt(changes.size());
    for (Change change : changes) {
      text(out, change.key().kind());
      text(out, change.key().name());
      out.writeLong(change.expected());
      out.writeBoolean(change.body() != null);
      if (change.body() != null) {
        text(out, change.body());
      }
    }
  }

  private static List<Change> changes(DataInputStream in) throws IOException {
    List<Change> changes = new ArrayList<>();
    for (int left = count(in, PolicyLimits.MAX_CHANGES); left > 0; left--) {
      ResourceKey key = key(in);
      long expected = in.readLong();
      changes.add(
          in.readBoolean()
              ? Change.put(key, text(in, PolicyLimits.MAX_BODY_BYTES), expected)
              : Change.delete(key, expected));
    }
    return changes;
  }

  private static ResourceKey key(DataInputStream in) throws IOException {
    return new ResourceKey(text(in, MAX_KEY_CHARS), text(in, MAX_KEY_CHARS));
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    bytes(out, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(DataInputStream in, int maxBytes) throws IOException {
    return new String(bytes(in, maxBytes), StandardCharsets.UTF_8);
  }

  private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] bytes(DataInputStream in, int max) throws IOException {
    byte[] bytes = new byte[count(in, max)];
    in.readFully(bytes);
    return bytes;
  }

  private static int count(DataInputStream in, int max) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > max) {
      throw new IllegalArgumentException("a length of %d, at most %d".formatted(count, max));
    }
    return count;
  }

  @FunctionalInterface
  private interface Writing {
    void to(DataOutputStream out) throws IOException;
  }

  @FunctionalInterface
  private interface Reading<T> {
    T from(DataInputStream in) throws IOException;
  }

  private static byte[] written(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      writing.to(out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private static <T> T read(byte[] encoded, Reading<T> reading) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(encoded))) {
      T value = reading.from(in);
      if (in.available() > 0) {
        throw new IllegalArgumentException("%d bytes too many".formatted(in.available()));
      }
      return value;
    } catch (IOException e) {
      throw new IllegalArgumentException("it ends too early", e);
    }
  }
}
