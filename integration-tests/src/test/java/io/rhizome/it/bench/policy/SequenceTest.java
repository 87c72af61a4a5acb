// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyRecord;
import io.rhizome.node.policy.ProposalId;
import io.rhizome.node.policy.ResourceKey;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SequenceTest {
  private final Sequence sequence = new Sequence();

  private static PolicyRecord record(long version, long id, Change change) {
    return new PolicyRecord(version, new ProposalId(1, id), "operator:x", 5, List.of(change));
  }

  private static PolicyRecord put(long version, long id, String name) {
    return record(version, id, Change.put(Author.key(name), Author.body("m"), Change.ANY));
  }

  @Test
  void theSameRecordsFromTwoNodesAgree() {
    for (String node : List.of("a", "b")) {
      sequence.shown(node, put(1, 1, "x"));
      sequence.shown(node, put(2, 2, "y"));
    }
    assertThat(sequence.contradictions()).isEmpty();
    assertThat(sequence.missing(2)).isEmpty();
    assertThat(sequence.newest()).isEqualTo(2);
    assertThat(sequence.version(new ProposalId(1, 2))).contains(2L);
    assertThat(sequence.version(new ProposalId(1, 3))).isEmpty();
  }

  @Test
  void whatIsShownToNodesOnlyIsNoContradiction() {
    Change open = Change.put(Author.key("x"), Author.body("m"), Change.ANY);
    Change secret = Change.put(new ResourceKey("MeshKey", "a"), "{}", Change.ANY);
    sequence.shown(
        "a", new PolicyRecord(1, new ProposalId(1, 1), "operator:x", 5, List.of(open, secret)));
    sequence.shown("b", record(1, 1, open));
    assertThat(sequence.contradictions()).isEmpty();
  }

  @Test
  void findsTwoRecordsOfOneVersion() {
    sequence.shown("a", put(1, 1, "x"));
    sequence.shown("b", put(1, 2, "x"));
    assertThat(sequence.contradictions()).singleElement().asString().contains("b shows version 1");
  }

  @Test
  void findsAProposalThatCommittedTwice() {
    sequence.shown("a", put(1, 1, "x"));
    sequence.shown("a", put(2, 1, "x"));
    assertThat(sequence.contradictions()).singleElement().asString().contains("it was version 1");
  }

  @Test
  void findsVersionsThatNobodyShowed() {
    sequence.shown("a", put(1, 1, "x"));
    sequence.shown("a", put(4, 4, "x"));
    assertThat(sequence.missing(5)).containsExactly(2L, 3L, 5L);
  }

  @Test
  void knowsWhatTheRecordsLeadTo() {
    sequence.shown("a", put(1, 1, "x"));
    sequence.shown("a", put(2, 2, "y"));
    sequence.shown("a", put(3, 3, "x"));
    sequence.shown("a", record(4, 4, Change.delete(Author.key("y"), Change.ANY)));
    assertThat(sequence.state(Author.KIND, 3))
        .containsEntry(Author.key("x"), 3L)
        .containsEntry(Author.key("y"), 2L);
    assertThat(sequence.state(Author.KIND, 4)).containsOnlyKeys(Author.key("x"));
  }
}
