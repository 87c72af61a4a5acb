// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.protocol;

import io.grpc.Metadata;
import io.rhizome.gossip.NodeId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What travels beside a forwarded request, between nodes only: one binary header, {@value #NAME}.
 *
 * <p>Layout, big-endian: format (1 byte, 1); remaining budget in microseconds (8); hop limit (1);
 * wanted version counter, 0 for the newest (8); length of the model name (1) and the name in UTF-8;
 * number of visited nodes (1) and their ids (32 each), entry first; length of the tenant's name (1)
 * and the name in UTF-8, length of the origin (1) and the origin likewise; priority (1), 0 the most
 * urgent; length of the target's id (1), 0 or 32, and the id. What older nodes leave out at the end
 * is empty, and of middle priority. Bytes after that are ignored, for newer nodes.
 *
 * @param budgetMicros time left until the request's deadline, relative, since clocks may disagree
 * @param hopLimit how many more hops the receiver may add
 * @param model the model's name, as the sender read it from the request
 * @param version the wanted version counter, 0 for the newest
 * @param visited nodes passed so far, entry first, the sender last
 * @param tenant whose request it is, as the entry node found; empty for nobody's
 * @param origin the region that it comes from, as the entry node found; empty where not known
 * @param priority how urgent it is: 0, the most urgent, to 255
 * @param target the holder that the receiver is to pass it to; null where it is to run it itself
 */
public record HopMetadata(
    long budgetMicros,
    int hopLimit,
    String model,
    long version,
    List<NodeId> visited,
    String tenant,
    String origin,
    int priority,
    @Nullable NodeId target) {
  /** The header's name. */
  public static final String NAME = "rhizome-hop-bin";

  /** The header as gRPC knows it. */
  public static final Metadata.Key<byte[]> KEY =
      Metadata.Key.of(NAME, Metadata.BINARY_BYTE_MARSHALLER);

  /** No request visits more nodes than this, whatever its hop limit says. */
  public static final int MAX_VISITED = 16;

  /** What a node that does not say it means by priority. */
  private static final int MIDDLE_PRIORITY = 1;

  private static final byte FORMAT = 1;
  private static final int MAX_NAME_BYTES = 255;
  private static final int FIXED_BYTES = 1 + 8 + 1 + 8 + 1 + 1 + 1 + 1 + 1 + 1;

  public HopMetadata {
    visited = List.copyOf(visited);
    if (visited.isEmpty() || visited.size() > MAX_VISITED) {
      throw new IllegalArgumentException("1 to 16 visited nodes, not " + visited.size());
    }
    if (hopLimit < 0 || hopLimit > MAX_VISITED) {
      throw new IllegalArgumentException("hop limit must be 0 to 16, not " + hopLimit);
    }
    if (priority < 0 || priority > 255) {
      throw new IllegalArgumentException("priority must be 0 to 255, not " + priority);
    }
    if (budgetMicros < 0 || version < 0) {
      throw new IllegalArgumentException("budget and version must not be negative");
    }
  }

  /** The header's value. */
  public byte[] encode() {
    byte[] name = utf8("model name", model);
    byte[] owner = utf8("tenant", tenant);
    byte[] region = utf8("origin", origin);
    int bytes =
        FIXED_BYTES
            + name.length
            + visited.size() * NodeId.BYTES
            + owner.length
            + region.length
            + (target == null ? 0 : NodeId.BYTES);
    ByteBuffer out =
        ByteBuffer.allocate(bytes)
            .put(FORMAT)
            .putLong(budgetMicros)
            .put((byte) hopLimit)
            .putLong(version)
            .put((byte) name.length)
            .put(name)
            .put((byte) visited.size());
    for (NodeId node : visited) {
      out.put(node.bytes());
    }
    out.put((byte) owner.length).put(owner).put((byte) region.length).put(region);
    out.put((byte) priority);
    if (target == null) {
      out.put((byte) 0);
    } else {
      out.put((byte) NodeId.BYTES).put(target.bytes());
    }
    return out.array();
  }

  private static byte[] utf8(String what, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MAX_NAME_BYTES) {
      throw new IllegalArgumentException(what + " has more than 255 bytes");
    }
    return bytes;
  }

  /** Reads a header's value; {@link MalformedException} where it does not follow the layout. */
  public static HopMetadata decode(byte[] value) throws MalformedException {
    ByteBuffer in = ByteBuffer.wrap(value);
    try {
      byte format = in.get();
      if (format != FORMAT) {
        throw new MalformedException(NAME + ": format " + format + " is not known here");
      }
      long budgetMicros = in.getLong();
      int hopLimit = in.get();
      long version = in.getLong();
      String model = text(in);
      int count = in.get();
      if (count < 0 || count > MAX_VISITED) {
        throw new MalformedException(NAME + ": " + count + " visited nodes");
      }
      List<NodeId> visited = new ArrayList<>(count);
      byte[] id = new byte[NodeId.BYTES];
      for (int i = 0; i < count; i++) {
        in.get(id);
        visited.add(NodeId.of(id));
      }
      String tenant = in.hasRemaining() ? text(in) : "";
      String origin = in.hasRemaining() ? text(in) : "";
      int priority = in.hasRemaining() ? in.get() & 0xff : MIDDLE_PRIORITY;
      NodeId target = in.hasRemaining() ? target(in) : null;
      return new HopMetadata(
          budgetMicros, hopLimit, model, version, visited, tenant, origin, priority, target);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new MalformedException(NAME + ": " + e.getMessage(), e);
    }
  }

  private static @Nullable NodeId target(ByteBuffer in) throws MalformedException {
    int length = in.get();
    if (length == 0) {
      return null;
    }
    if (length != NodeId.BYTES) {
      throw new MalformedException(NAME + ": a target of " + length + " bytes");
    }
    byte[] id = new byte[NodeId.BYTES];
    in.get(id);
    return NodeId.of(id);
  }

  private static String text(ByteBuffer in) {
    byte[] bytes = new byte[in.get() & 0xff];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
