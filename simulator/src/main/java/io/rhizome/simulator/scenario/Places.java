// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.scenario;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;

/** Where in a file something stands that was found wrong only after it had been read. */
final class Places {
  private Places() {}

  /**
   * The line on which something begins, from 1; that of what it should be in, where it is missing.
   *
   * @param in reads the file from its start
   * @param path names of fields and, in lists, positions from 0; from the outside in
   */
  static int line(JsonParser in, List<String> path) {
    int line = 1;
    try {
      if (in.nextToken() != null) {
        line = here(in);
      }
      for (String step : path) {
        int found = in.currentToken() == JsonToken.START_ARRAY ? item(in, step) : field(in, step);
        if (found == 0) {
          break;
        }
        line = found;
      }
    } catch (IOException e) {
      // What follows cannot be read: it is further down than what is looked for.
      return line;
    }
    return line;
  }

  /** Goes to the value of that field; the line of its name, 0 where there is none. */
  private static int field(JsonParser in, String name) throws IOException {
    while (in.currentToken() != null && in.nextToken() == JsonToken.FIELD_NAME) {
      int line = here(in);
      boolean found = name.equals(in.currentName());
      in.nextToken();
      if (found) {
        return line;
      }
      in.skipChildren();
    }
    return 0;
  }

  /** Goes to the item at that position; its line, 0 where there is none. */
  private static int item(JsonParser in, String position) throws IOException {
    for (int at = 0; in.nextToken() != JsonToken.END_ARRAY; at++) {
      if (position.equals(Integer.toString(at))) {
        return here(in);
      }
      in.skipChildren();
    }
    return 0;
  }

  private static int here(JsonParser in) {
    return in.currentTokenLocation().getLineNr();
  }
}
