// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import static io.rhizome.node.policy.raft.Voters.node;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TornTailTest {
  @TempDir Path directory;

  private Path written() throws Exception {
    try (Voters voters = new Voters(directory, (policy, proposal) -> {})) {
      voters.grow(1);
      voters.write(node(1), "a");
      return LogForce.newest(voters.directory(node(1))).orElseThrow();
    }
  }

  private static int end(byte[] bytes) {
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    return end;
  }

  @Test
  void aLogThatWasWrittenWholeIsNotTorn() throws Exception {
    assertThat(TornTail.in(written())).isEmpty();
  }

  @Test
  void findsAnEntryWhoseEndIsMissing() throws Exception {
    Path segment = written();
    byte[] bytes = Files.readAllBytes(segment);
    int end = end(bytes);
    bytes[end - 1] = 0;
    Files.write(segment, bytes);
    assertThat(TornTail.in(segment).orElseThrow()).isLessThan(end);
  }

  @Test
  void findsALengthThatNothingFollows() throws Exception {
    Path segment = written();
    byte[] bytes = Files.readAllBytes(segment);
    int end = end(bytes);
    bytes[end + 3] = 100;
    Files.write(segment, bytes);
    assertThat(TornTail.in(segment)).hasValue(end);
  }

  @Test
  void anEmptySegmentIsNotTorn() throws IOException {
    Path segment = directory.resolve("policy-1.log");
    Files.write(segment, new byte[64]);
    assertThat(TornTail.in(segment)).isEmpty();
  }
}
