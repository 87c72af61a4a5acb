// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.admission;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The waiting requests of one class: first come, first served within a tenant, and tenants take
 * turns, so that one that sends much waits behind itself. Not thread-safe.
 */
final class ClassQueue<W> {
  /** In order of turns: the tenant at the front is next. */
  private final Map<String, Deque<Ticket<W>>> tenants = new LinkedHashMap<>();

  private int size;

  int size() {
    return size;
  }

  void add(Ticket<W> ticket) {
    tenants.computeIfAbsent(ticket.tenant(), name -> new ArrayDeque<>()).addLast(ticket);
    size++;
  }

  /** Takes the next one out; empty where none waits. */
  Optional<Ticket<W>> poll() {
    Iterator<Map.Entry<String, Deque<Ticket<W>>>> turn = tenants.entrySet().iterator();
    if (!turn.hasNext()) {
      return Optional.empty();
    }
    Map.Entry<String, Deque<Ticket<W>>> next = turn.next();
    String tenant = next.getKey();
    Deque<Ticket<W>> waiting = next.getValue();
    Ticket<W> ticket = waiting.removeFirst();
    turn.remove();
    if (!waiting.isEmpty()) {
      tenants.put(tenant, waiting);
    }
    size--;
    return Optional.of(ticket);
  }

  /** How many of that tenant wait. */
  int waiting(String tenant) {
    Deque<Ticket<W>> own = tenants.get(tenant);
    return own == null ? 0 : own.size();
  }

  /**
   * Takes the newest one out that is one of those, of the tenant with most waiting that has one;
   * empty where there is none, or no such tenant has more waiting than that.
   */
  Optional<Ticket<W>> pollNewestOfLongest(int moreThan, Predicate<Ticket<W>> which) {
    Ticket<W> found = null;
    int most = moreThan;
    for (Deque<Ticket<W>> waiting : tenants.values()) {
      Ticket<W> newest = waiting.size() > most ? newest(waiting, which) : null;
      if (newest != null) {
        found = newest;
        most = waiting.size();
      }
    }
    if (found == null) {
      return Optional.empty();
    }
    boolean unused = remove(found);
    return Optional.of(found);
  }

  private static <W> @Nullable Ticket<W> newest(
      Deque<Ticket<W>> waiting, Predicate<Ticket<W>> which) {
    Iterator<Ticket<W>> newestFirst = waiting.descendingIterator();
    while (newestFirst.hasNext()) {
      Ticket<W> ticket = newestFirst.next();
      if (which.test(ticket)) {
        return ticket;
      }
    }
    return null;
  }

  /** How many would be served before one more of this tenant. */
  int ahead(String tenant) {
    int ahead = waiting(tenant);
    int turns = ahead + 1;
    for (Map.Entry<String, Deque<Ticket<W>>> other : tenants.entrySet()) {
      if (!other.getKey().equals(tenant)) {
        ahead += Math.min(turns, other.getValue().size());
      }
    }
    return ahead;
  }

  /** Takes that one out; false where it is not here. */
  boolean remove(Ticket<W> ticket) {
    Deque<Ticket<W>> waiting = tenants.get(ticket.tenant());
    if (waiting == null || !waiting.removeLastOccurrence(ticket)) {
      return false;
    }
    if (waiting.isEmpty()) {
      tenants.remove(ticket.tenant());
    }
    size--;
    return true;
  }
}
