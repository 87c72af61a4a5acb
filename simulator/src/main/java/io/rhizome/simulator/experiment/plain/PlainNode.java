// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment.plain;

import io.rhizome.gossip.Member.Status;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Drives one {@link PlainSwim}. */
final class PlainNode implements PlainSwim.Out {
  /** Datagrams that wait, each way, as in a socket's buffer of 208 KiB. */
  private static final int BUFFER_PACKETS = 170;

  /** Streams that wait to be accepted, each with what it carries. */
  private static final int BACKLOG = 128;

  private final PlainMesh mesh;
  private final int number;
  private final PlainSwim swim;
  private final Waiting inbox = new Waiting();
  private final Waiting outbox = new Waiting();
  private boolean running = true;
  private long starvedUntilNanos;
  private long stalledUntilNanos;
  private long tickNanos = Long.MAX_VALUE;

  /** What waits, in order. */
  private static final class Waiting {
    private final Deque<Runnable> deeds = new ArrayDeque<>();
    private int packets;
    private int streams;

    void packet(Runnable deed) {
      if (packets < BUFFER_PACKETS) {
        packets++;
        deeds.addLast(deed);
      }
    }

    void stream(Runnable deed) {
      if (streams < BACKLOG) {
        streams++;
        deeds.addLast(deed);
      }
    }

    void release() {
      packets = 0;
      streams = 0;
      while (!deeds.isEmpty()) {
        deeds.removeFirst().run();
      }
    }
  }

  PlainNode(PlainMesh mesh, int number, PlainSwim swim) {
    this.mesh = mesh;
    this.number = number;
    this.swim = swim;
  }

  Status status(int member) {
    return swim.status(member);
  }

  void crash() {
    running = false;
  }

  /** It gets no time: what is due waits, and what comes. */
  void starve(long untilNanos) {
    starvedUntilNanos = Math.max(starvedUntilNanos, untilNanos);
    mesh.at(starvedUntilNanos, this::resume);
  }

  /** What it sends waits, and what comes; what is due is done. */
  void stall(long untilNanos) {
    stalledUntilNanos = Math.max(stalledUntilNanos, untilNanos);
    mesh.at(stalledUntilNanos, this::resume);
  }

  void onPacket(int from, List<PlainMessage> packet) {
    Runnable receipt = () -> take(() -> swim.onPacket(mesh.nowNanos(), from, packet, this));
    if (isStarved() || isStalled()) {
      inbox.packet(receipt);
    } else {
      receipt.run();
    }
  }

  void onStream(int from, PlainMessage message) {
    Runnable receipt = () -> take(() -> swim.onStream(mesh.nowNanos(), from, message, this));
    if (isStarved() || isStalled()) {
      inbox.stream(receipt);
    } else {
      receipt.run();
    }
  }

  void schedule() {
    long next = swim.nextDeadlineNanos();
    if (next < tickNanos) {
      tickNanos = next;
      mesh.at(
          next,
          () -> {
            if (tickNanos == next && !isStarved()) {
              tick();
            }
          });
    }
  }

  @Override
  public void send(int to, List<PlainMessage> packet) {
    if (isStalled()) {
      outbox.packet(() -> mesh.datagram(number, to, packet));
    } else {
      mesh.datagram(number, to, packet);
    }
  }

  @Override
  public void dial(int to, PlainMessage message) {
    if (isStalled()) {
      outbox.stream(() -> mesh.dial(number, to, message));
    } else {
      mesh.dial(number, to, message);
    }
  }

  @Override
  public void answer(int to, PlainMessage message) {
    mesh.answer(number, to, message);
  }

  @Override
  public void changed(int subject, Status status) {
    mesh.changed(number, subject, status);
  }

  private boolean isStarved() {
    return mesh.nowNanos() < starvedUntilNanos;
  }

  private boolean isStalled() {
    return mesh.nowNanos() < stalledUntilNanos;
  }

  /** It goes on: with what it wanted to send, what is due, and what came, in that order. */
  private void resume() {
    if (!running || isStarved() || isStalled()) {
      return;
    }
    outbox.release();
    if (tickNanos <= mesh.nowNanos()) {
      tick();
    }
    inbox.release();
  }

  private void tick() {
    tickNanos = Long.MAX_VALUE;
    take(() -> swim.onTick(mesh.nowNanos(), this));
  }

  private void take(Runnable deed) {
    if (running) {
      deed.run();
      schedule();
    }
  }
}
