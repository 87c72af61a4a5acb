// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.rhizome.gossip.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** The last vote of this node, on disk. Any thread; blocks on disk. */
final class VoteFile {
  private final Path file;
  private final VoterFailure failure;
  private long term;
  private Optional<NodeId> candidate = Optional.empty();

  VoteFile(Path file, VoterFailure failure) throws IOException {
    this.file = file;
    this.failure = failure;
    if (Files.exists(file)) {
      String[] vote = Files.readString(file).strip().split(" ", 2);
      try {
        term = Long.parseLong(vote[0]);
        candidate = Optional.of(NodeId.parse(vote[1]));
      } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
        throw new IOException(file + " is damaged: remove this node's vote and give it anew", e);
      }
    }
  }

  /** Whether this node may vote so; if it may, it is on disk when this returns. */
  synchronized boolean claim(long inTerm, NodeId forCandidate) {
    failure.check();
    if (inTerm <= term) {
      return inTerm == term && candidate.equals(Optional.of(forCandidate));
    }
    try {
      write(inTerm + " " + forCandidate);
    } catch (IOException e) {
      failure.fail(new IOException("cannot write " + file + ": " + e, e));
      failure.check();
    }
    term = inTerm;
    candidate = Optional.of(forCandidate);
    return true;
  }

  private void write(String text) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent())) {
      directory.force(true);
    }
  }
}
