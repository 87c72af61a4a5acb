// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Clients of one node, each with one request under way, which is followed by the next at once: by
 * another request, not by the same one again. After a rejection a client waits for as long as it
 * was told, up to twice that (else all would come back together), after a failure for 10 ms.
 *
 * <p>A request that has not ended a second after its deadline is given up as failed. Methods are
 * for one thread.
 */
public final class ClosedLoop implements AutoCloseable {
  private static final long FAILURE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long STOP_MILLIS = TimerRequest.DEADLINE_MILLIS + 3_000;
  private static final int CLIENTS_PER_CONNECTION = 256;
  private static final int FEWEST_CONNECTIONS = 2;

  private final byte[] request;
  private final String priority;
  private final List<String> nodes;
  private final Complaints complaints;
  private final List<Connection> connections;
  private final List<Client> clients = new ArrayList<>();
  private final CountDownLatch stopped;
  private final AtomicLongArray answeredBy;
  private final AtomicLong ended = new AtomicLong();
  private volatile boolean stopping;

  /**
   * Starts.
   *
   * @param port of the node, on loopback
   * @param nodes their names, as answers have them
   * @param request encoded
   * @param priority its class
   */
  public ClosedLoop(
      int port,
      List<String> nodes,
      int clients,
      byte[] request,
      String priority,
      Complaints complaints) {
    this.request = request;
    this.priority = priority;
    this.nodes = nodes;
    this.complaints = complaints;
    this.stopped = new CountDownLatch(clients);
    this.answeredBy = new AtomicLongArray(nodes.size() + 1);
    int wanted = Math.max(FEWEST_CONNECTIONS, clients / CLIENTS_PER_CONNECTION);
    this.connections = Connection.open(port, Math.min(clients, wanted));
    for (int i = 0; i < clients; i++) {
      Client client = new Client(connections.get(i % connections.size()), i);
      this.clients.add(client);
      client.connection.execute(client::next);
    }
    for (Connection connection : connections) {
      List<Client> its = this.clients.stream().filter(c -> c.connection == connection).toList();
      connection.repeat(() -> its.forEach(Client::abandonIfLate), SWEEP_NANOS);
    }
  }

  /** How many answers a node, counted from 1, has given so far. */
  long answeredBy(int node) {
    return answeredBy.get(node);
  }

  /** How many requests have ended so far. */
  long ended() {
    return ended.get();
  }

  /** Lets the requests under way end, and gives all that happened. */
  public Recording stop() throws InterruptedException {
    stopping = true;
    if (!stopped.await(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(stopped.getCount() + " clients did not stop");
    }
    return Recording.of(clients.stream().map(client -> client.journal).toList());
  }

  @Override
  public void close() {
    stopping = true;
    connections.forEach(Connection::close);
  }

  private final class Client {
    private final Connection connection;
    private final Journal journal = new Journal();
    private final int number;
    private @Nullable InferCall current;

    Client(Connection connection, int number) {
      this.connection = connection;
      this.number = number;
    }

    void next() {
      if (stopping) {
        stopped.countDown();
        return;
      }
      current = InferCall.start(connection, request, priority, System.nanoTime(), this::onEnd);
    }

    private void onEnd(InferCall call) {
      current = null;
      int server = nodes.indexOf(call.servedBy()) + 1;
      journal.add(call.startNanos(), System.nanoTime(), call.ending(), server);
      ended.incrementAndGet();
      if (call.ending() == Ending.ANSWERED) {
        answeredBy.incrementAndGet(server);
        next();
      } else if (call.ending() == Ending.REJECTED) {
        connection.schedule(this::next, told(call.hintMillis()));
      } else {
        complaints.add(call.words());
        connection.schedule(this::next, FAILURE_PAUSE_NANOS);
      }
    }

    /** Once to twice as long: which of that, depends on the client and on how often it was told. */
    private long told(long millis) {
      long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
      double turn = (number + journal.count()) * 0.618034;
      return nanos + (long) (nanos * (turn - Math.floor(turn)));
    }

    private void abandonIfLate() {
      InferCall call = current;
      if (call != null) {
        var unused = call.abandonIfLate(System.nanoTime());
      }
    }
  }
}
