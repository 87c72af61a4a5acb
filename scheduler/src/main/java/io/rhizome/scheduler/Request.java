// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What routing may know of a request. The tensors are not here: nothing on the way parses them.
 *
 * @param model the model's name
 * @param version the wanted version counter, 0 for the newest
 * @param bytes size of the encoded request in bytes
 * @param path where it has been
 * @param priority how urgent it is
 * @param client for whom it runs
 * @param repeatable whether it may run twice: else nothing is resent once bytes of it went out
 */
public record Request(
    String model,
    long version,
    long bytes,
    Path path,
    Priority priority,
    Client client,
    boolean repeatable) {
  /** Hop limit of a request that a client just sent. */
  public static final int DEFAULT_HOP_LIMIT = 4;

  /**
   * Where a request has been and may go.
   *
   * @param visited the nodes it has passed, entry first; this node is not among them
   * @param hopLimit how many more hops it may take; 0 means that it must run here or fail
   * @param target the holder that the sender meant, where this node is to pass it on; else null
   * @param tried the nodes that failed it when this node sent it there
   */
  public record Path(
      List<NodeId> visited, int hopLimit, @Nullable NodeId target, SortedSet<NodeId> tried) {
    /** That of a request that a client just sent. */
    public static final Path ENTRY = new Path(List.of(), DEFAULT_HOP_LIMIT, null);

    public Path {
      visited = List.copyOf(visited);
      tried = Collections.unmodifiableSortedSet(new TreeSet<>(tried));
    }

    /** A path on which nobody was tried from here yet. */
    public Path(List<NodeId> visited, int hopLimit, @Nullable NodeId target) {
      this(visited, hopLimit, target, Collections.emptySortedSet());
    }

    /** The same, with these nodes tried. */
    public Path withTried(SortedSet<NodeId> nodes) {
      return new Path(visited, hopLimit, target, nodes);
    }
  }

  /**
   * For whom a request runs, as its entry node found out; nodes tell it to each other.
   *
   * @param tenant whose it is; empty for nobody's
   * @param origin the region that it comes from; empty where nobody knows
   * @param affinity requests of one key go to one holder while that is well; empty for none
   */
  public record Client(String tenant, String origin, String affinity) {
    /** Nobody in particular. */
    public static final Client NOBODY = new Client("", "", "");
  }

  /** A request that just entered the mesh here, of no particular client and priority. */
  public static Request entering(String model, long version, long bytes) {
    return new Request(model, version, bytes, Path.ENTRY, Priority.STANDARD, Client.NOBODY, true);
  }

  /** Whether it entered the mesh here, rather than coming from a peer. */
  public boolean isEntering() {
    return path.visited().isEmpty();
  }

  /** The same, where it has been elsewhere. */
  public Request withPath(Path other) {
    return new Request(model, version, bytes, other, priority, client, repeatable);
  }

  /** The same, as urgent as that. */
  public Request withPriority(Priority other) {
    return new Request(model, version, bytes, path, other, client, repeatable);
  }

  /** The same for another client. */
  public Request withClient(Client other) {
    return new Request(model, version, bytes, path, priority, other, repeatable);
  }

  /** The same, which may not run twice. */
  public Request once() {
    return new Request(model, version, bytes, path, priority, client, false);
  }

  /**
   * This request as the next node gets it from {@code self}: one more node passed, one hop less.
   *
   * @param target the holder that it is for, if the next node is only to pass it on; else null
   */
  public Request forwardedBy(NodeId self, @Nullable NodeId target) {
    List<NodeId> passed = new ArrayList<>(path.visited());
    passed.add(self);
    return withPath(new Path(passed, path.hopLimit() - 1, target));
  }
}
