// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

import io.rhizome.gossip.Message;
import io.rhizome.gossip.SignedRecord;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes equal records that many nodes receive one object, which nothing that a node does can tell:
 * a thousand copies of each would fill the memory, and the time would go into fetching them from
 * it.
 */
final class SharedRecords {
  /** Those that are on the way at one time, by far. */
  private static final int MAX_RECORDS = 8_192;

  private final Map<Integer, SignedRecord> records = new LinkedHashMap<>();

  /** The message itself, or an equal one whose record is shared. */
  Message shared(Message message) {
    return message instanceof Message.Statement statement
        ? new Message.Statement(shared(statement.record()))
        : message;
  }

  private SignedRecord shared(SignedRecord record) {
    SignedRecord known = records.get(record.id());
    if (known != null && known.equals(record)) {
      return known;
    }
    records.put(record.id(), record);
    if (records.size() > MAX_RECORDS) {
      records.remove(records.keySet().iterator().next());
    }
    return record;
  }
}
