// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * Requests are cancelled in mid-flight, most of them queued and the rest running, for 500 ms each:
 * long enough to tell the two apart. A request leaks if it is still in flight when it should not
 * be: a queued one 100 ms after its cancellation, a running one 100 ms after its run.
 */
final class CancelRow implements Row {
  private static final String MODEL = "timer-cancel";
  private static final int SERVICE_MILLIS = 500;
  private static final int AT_ONCE = 48;
  private static final int REQUEST_BYTES = 4;
  private static final int MOST_ROUNDS = 100;
  private static final long GRACE_MILLIS = 100;
  private static final long END_MILLIS = 5_000;

  @Override
  public String name() {
    return "cancel";
  }

  @Override
  public Stage stage() {
    return Stage.PLAIN;
  }

  private static int wanted(Scale scale) {
    return scale.of(1_000, 200);
  }

  @Override
  public List<String> method(Scale scale) {
    return List.of(
        "%,d requests for a model of %d ms, %d at a time, all cancelled 10 to 200 ms later; leaked:"
            .formatted(wanted(scale), SERVICE_MILLIS, AT_ONCE),
        "in flight at a holder beyond its workers %d ms later, or at all %d ms after the runs"
            .formatted(GRACE_MILLIS, GRACE_MILLIS));
  }

  /** What came of one round. */
  private record Round(int cancelled, int otherwise, int queuedLeft, int runningLeft) {}

  @Override
  public Readings run(FaultMesh mesh, Scale scale) throws IOException, InterruptedException {
    mesh.hold(MODEL, SERVICE_MILLIS);
    RandomGenerator random = new Random(scale.seed());
    int cancelled = 0;
    int otherwise = 0;
    int queuedLeft = 0;
    int runningLeft = 0;
    Complaints complaints = new Complaints();
    try (Connection connection = Connection.open(mesh.entryPort(), 1).get(0)) {
      for (int i = 0; i < MOST_ROUNDS && cancelled < wanted(scale); i++) {
        Round round = round(mesh, connection, random.nextLong(10, 200), complaints);
        cancelled += round.cancelled;
        otherwise += round.otherwise;
        queuedLeft += round.queuedLeft;
        runningLeft += round.runningLeft;
      }
    }
    complaints.lines().forEach(line -> System.out.println("  not cancelled: " + line));
    return new Readings()
        .with("requests", cancelled + otherwise)
        .with("cancelled", cancelled)
        .with("queued_left", queuedLeft)
        .with("running_left", runningLeft)
        .with("leaked", queuedLeft + runningLeft);
  }

  private static Round round(
      FaultMesh mesh, Connection connection, long afterMillis, Complaints complaints)
      throws InterruptedException {
    byte[] request = TimerRequest.encode(MODEL, REQUEST_BYTES);
    List<InferCall> calls = new ArrayList<>();
    AtomicInteger cancelled = new AtomicInteger();
    CountDownLatch open = new CountDownLatch(AT_ONCE);
    connection.execute(
        () -> {
          for (int i = 0; i < AT_ONCE; i++) {
            calls.add(
                InferCall.start(
                    connection,
                    request,
                    "standard",
                    System.nanoTime(),
                    call -> {
                      if (call.ending() == Ending.CANCELLED) {
                        cancelled.incrementAndGet();
                      } else {
                        complaints.add(call.words());
                      }
                      open.countDown();
                    }));
          }
        });
    Thread.sleep(afterMillis);
    connection.execute(() -> calls.forEach(InferCall::cancel));
    if (!open.await(END_MILLIS, TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(open.getCount() + " calls had no end for their client");
    }
    Thread.sleep(GRACE_MILLIS);
    int queued = left(mesh, mesh.stage().workers());
    Thread.sleep(SERVICE_MILLIS);
    int running = left(mesh, 0);
    return new Round(cancelled.get(), AT_ONCE - cancelled.get(), queued, running);
  }

  /** How many requests are in flight at the holders beyond so many at each. */
  private static int left(FaultMesh mesh, int each) {
    int left = 0;
    for (int holder : FaultMesh.HOLDERS) {
      left += Math.max(0, mesh.inFlight(holder) - each);
    }
    return left;
  }
}
