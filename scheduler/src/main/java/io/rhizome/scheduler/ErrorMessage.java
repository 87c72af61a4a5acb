// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.DispatchError.Attempt;
import io.rhizome.scheduler.RouteDecision.Considered;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** What a request that failed says to people: why, every attempt, and who else was left out. */
final class ErrorMessage {
  private static final int MAX_LEFT_OUT = 8;

  private ErrorMessage() {}

  /**
   * Such as {@code model 'digits': no holder is left to try (k5x2 REFUSED: connection refused)}.
   */
  static String of(
      Request request, String why, List<Attempt> attempts, List<Considered> considered) {
    StringBuilder text = new StringBuilder("model '").append(request.model()).append('\'');
    if (request.version() != 0) {
      text.append(" version ").append(request.version());
    }
    text.append(": ").append(why);
    List<String> details = new ArrayList<>();
    SortedSet<NodeId> told = new TreeSet<>();
    for (Attempt attempt : attempts) {
      Failure failure = attempt.failure();
      details.add(attempt.node().shortName() + " " + failure.kind() + ": " + failure.message());
      told.add(attempt.node());
    }
    for (Considered candidate : considered) {
      if (told.add(candidate.node())) {
        details.add(candidate.node().shortName() + " " + candidate.verdict());
      }
    }
    // Attempts come first and are few; holders may be many, and a message is read by people.
    int shown = Math.min(details.size(), attempts.size() + MAX_LEFT_OUT);
    if (shown > 0) {
      text.append(" (").append(String.join("; ", details.subList(0, shown)));
      text.append(shown < details.size() ? "; and " + (details.size() - shown) + " more)" : ")");
    }
    return text.toString();
  }
}
