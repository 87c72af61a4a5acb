// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import io.rhizome.it.bench.ClientChannels;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Requests to one node that are sent when it is time for them, however the ones before fare. Their
 * latency counts from the time at which each should have been sent: a sender that is late, or a
 * connection that is stuck, does not hide it. One that has not ended a second after its deadline is
 * given up as failed.
 */
final class OpenLoop implements AutoCloseable {
  private static final int CONNECTIONS = 4;
  private static final long END_MILLIS = TimerRequest.DEADLINE_MILLIS + 10_000;
  private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final List<Connection> connections;
  private final byte[] request;
  private final List<String> kinds;
  private final Complaints complaints;

  /**
   * Sends nothing yet.
   *
   * @param kinds the class of each kind of request
   */
  OpenLoop(int port, byte[] request, List<String> kinds, Complaints complaints) {
    this.connections = Connection.open(port, CONNECTIONS);
    this.request = request;
    this.kinds = kinds;
    this.complaints = complaints;
  }

  /** Sends them all, waits until they have ended, and gives what happened to each kind. */
  List<Recording> run(Arrivals arrivals) throws InterruptedException {
    CountDownLatch open = new CountDownLatch(arrivals.count());
    List<Sender> senders = connections.stream().map(c -> new Sender(c, open)).toList();
    long start = System.nanoTime();
    for (int i = 0; i < arrivals.count(); i++) {
      long at = start + arrivals.nanos(i);
      int kind = arrivals.kind(i);
      Sender sender = senders.get(i % CONNECTIONS);
      ClientChannels.awaitTime(at);
      sender.connection.execute(() -> sender.send(kind, at));
    }
    if (!open.await(END_MILLIS, TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(open.getCount() + " requests had no end for their client");
    }
    List<Recording> recordings = new ArrayList<>();
    for (int i = 0; i < kinds.size(); i++) {
      int kind = i;
      recordings.add(Recording.of(senders.stream().map(s -> s.journals.get(kind)).toList()));
    }
    return recordings;
  }

  /** What goes over one connection; all but the making, on its thread. */
  private final class Sender {
    private final Connection connection;
    private final CountDownLatch open;
    private final List<Journal> journals = kinds.stream().map(kind -> new Journal()).toList();
    private final Set<InferCall> underWay = new LinkedHashSet<>();

    Sender(Connection connection, CountDownLatch open) {
      this.connection = connection;
      this.open = open;
      connection.repeat(this::abandonLate, SWEEP_NANOS);
    }

    void send(int kind, long at) {
      underWay.add(
          InferCall.start(
              connection, request, kinds.get(kind), at, call -> onEnd(call, journals.get(kind))));
    }

    private void onEnd(InferCall call, Journal journal) {
      underWay.remove(call);
      journal.add(call.startNanos(), System.nanoTime(), call.ending(), 0);
      if (call.ending() == Ending.FAILED) {
        complaints.add(call.words());
      }
      open.countDown();
    }

    /** The oldest come first. */
    private void abandonLate() {
      long now = System.nanoTime();
      for (InferCall call : List.copyOf(underWay)) {
        if (!call.abandonIfLate(now)) {
          return;
        }
      }
    }
  }

  @Override
  public void close() {
    connections.forEach(Connection::close);
  }
}
