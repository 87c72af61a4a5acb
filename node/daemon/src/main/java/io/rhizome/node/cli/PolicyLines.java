// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.rhizome.node.access.ApiKey;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyRecord;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Records of policy, one a line: which version, when, by whom, what. */
final class PolicyLines {
  private PolicyLines() {}

  /** A leader's wall clock, to the second. */
  static String when(long stampMillis) {
    return Instant.ofEpochMilli(stampMillis).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  static void print(
      List<PolicyRecord> records, Predicate<Change> shown, boolean json, PrintWriter out) {
    if (json) {
      out.println(Json.pretty(json(records, shown)));
      return;
    }
    Table table = new Table("VERSION", "WHEN", "BY", "WHAT");
    for (PolicyRecord record : records) {
      table.row(
          Long.toString(record.version()),
          when(record.stampMillis()),
          record.author(),
          record.beginsEpoch()
              ? "recover: the voters before were lost, and one node went on alone"
              : record.changes().stream()
                  .filter(shown)
                  .map(change -> verb(change) + " " + change.key() + named(change))
                  .collect(Collectors.joining(", ")));
    }
    table.print(out);
  }

  private static ArrayNode json(List<PolicyRecord> records, Predicate<Change> shown) {
    ArrayNode root = Json.MAPPER.createArrayNode();
    for (PolicyRecord record : records) {
      var one = root.addObject();
      one.put("version", record.version())
          .put("stamp_millis", record.stampMillis())
          .put("author", record.author())
          .put("recovered", record.beginsEpoch());
      var changes = one.putArray("changes");
      record.changes().stream()
          .filter(shown)
          .forEach(
              change ->
                  changes
                      .addObject()
                      .put("resource", change.key().toString())
                      .put("action", verb(change)));
    }
    return root;
  }

  /** What people call a key, whose resource has a name that says nothing. */
  private static String named(Change change) {
    String body = change.body();
    if (body == null || !change.key().kind().equals(ApiKey.KIND)) {
      return "";
    }
    ApiKey key = ApiKey.parse(change.key().name(), body);
    return " (%s, %s of tenant %s)".formatted(key.name(), key.role(), key.tenant());
  }

  private static String verb(Change change) {
    if (change.body() == null) {
      return "delete";
    }
    return change.expected() == Change.ABSENT ? "create" : "put";
  }
}
