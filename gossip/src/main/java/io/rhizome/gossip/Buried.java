// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The last words of members that were forgotten, so that those raise nobody from the dead. */
final class Buried {
  private static final int MAX_BURIED = 4_096;

  private final Map<Long, SignedRecord> lastWords = new LinkedHashMap<>();

  void add(SignedRecord lastWord) {
    lastWords.put(lastWord.owner().prefix(), lastWord);
    if (lastWords.size() > MAX_BURIED) {
      lastWords.remove(lastWords.keySet().iterator().next());
    }
  }

  void remove(NodeId id) {
    lastWords.remove(id.prefix());
  }

  @Nullable SignedRecord get(NodeId id) {
    return lastWords.get(id.prefix());
  }

  /** The incarnation at which it was last dead or gone; -1 where it is not buried. */
  long incarnation(long prefix) {
    SignedRecord last = lastWords.get(prefix);
    return last == null ? -1 : last.version();
  }
}
