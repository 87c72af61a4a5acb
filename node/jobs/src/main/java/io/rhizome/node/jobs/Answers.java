// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import io.rhizome.store.Digest;
import java.io.IOException;

/**
 * Makes results of answers: large ones lie in the journals of a majority of the site. Any thread.
 */
final class Answers {
  private final Journal journal;
  private final SitePeers peers;
  private final Copies copies;

  Answers(Journal journal, SitePeers peers, Copies copies) {
    this.journal = journal;
    this.peers = peers;
    this.copies = copies;
  }

  /** The result of an item that was answered. */
  ItemResult kept(JobStore store, Job job, int item, byte[] answer)
      throws JobException, IOException {
    if (answer.length <= ItemResult.MAX_INLINE_BYTES) {
      return new ItemResult(item, ItemResult.Kind.ANSWER, answer);
    }
    Digest digest = Digest.sha256(answer);
    journal.keepAnswer(job.id(), digest, answer);
    copies.spread(
        store.site(),
        "the answer to item " + item,
        peer -> peers.keepAnswer(peer, job.id(), digest, answer));
    return new ItemResult(item, ItemResult.Kind.STORED, digest.bytes());
  }
}
