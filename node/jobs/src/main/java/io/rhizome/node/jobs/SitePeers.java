// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import io.rhizome.store.Digest;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedSet;

/**
 * How a node reaches the others of its site, named as in {@link Site}. Calls block, within seconds
 * for each piece sent; any thread but an event loop's.
 */
public interface SitePeers {
  /** The site's other nodes that are reached now and take part. Does not block. */
  SortedSet<String> reached();

  /** Has a peer keep a job of that journal; returns once it is forced to disk there. */
  void keep(String peer, JournalEntry entry, Journal from) throws IOException;

  /** Fetches a job from a peer into that journal; false where the peer has none of that id. */
  boolean fetch(String peer, JobId id, Journal into) throws IOException, JobException;

  /** Has a peer keep a large answer; returns once it is forced to disk there. */
  void keepAnswer(String peer, JobId id, Digest digest, byte[] answer) throws IOException;

  /** A large answer that a peer keeps. */
  Optional<byte[]> answer(String peer, JobId id, Digest digest) throws IOException;
}
