// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.simulator.EventQueue;
import io.rhizome.simulator.VirtualTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * An executor: some workers of one speed, which may change while they work, and the jobs that wait
 * for them in the order in which they came.
 */
final class Workers {
  private final VirtualTime time;
  private final EventQueue queue;
  private final int workers;
  private final List<Job> running = new ArrayList<>();
  private final Deque<Job> waiting = new ArrayDeque<>();
  private double speed;
  private long movedNanos;

  Workers(VirtualTime time, EventQueue queue, int workers, double speed) {
    this.time = time;
    this.queue = queue;
    this.workers = workers;
    this.speed = speed;
  }

  int count() {
    return workers;
  }

  double speed() {
    return speed;
  }

  /** Jobs that it has, running or not. */
  int present() {
    return running.size() + waiting.size();
  }

  /** The jobs at work; as of the last time that anything changed. */
  List<Job> running() {
    return running;
  }

  /** What is left of a running job, in nanoseconds of real time at the present speed. */
  double leftNanos(Job job) {
    return job.leftNanos / speed - (time.nowNanos() - movedNanos);
  }

  /** Takes one more. */
  void run(Job job) {
    if (running.size() < workers) {
      start(job);
    } else {
      waiting.addLast(job);
    }
  }

  /** Whether it waited; then it does no more. */
  boolean cancel(Job job) {
    return waiting.remove(job);
  }

  /** All that it has is lost. */
  void clear() {
    for (Job job : running) {
      job.epoch++;
    }
    running.clear();
    waiting.clear();
  }

  /** From now on the workers are that fast. */
  void speed(double now) {
    move();
    speed = now;
    for (Job job : running) {
      plan(job);
    }
  }

  private void start(Job job) {
    move();
    job.unexpect();
    job.startedNanos = time.nowNanos();
    running.add(job);
    plan(job);
  }

  /** Counts the work done since the last change. */
  private void move() {
    double done = (time.nowNanos() - movedNanos) * speed;
    for (Job job : running) {
      job.leftNanos -= done;
    }
    movedNanos = time.nowNanos();
  }

  private void plan(Job job) {
    int epoch = ++job.epoch;
    long nanos = Math.max(0, Math.round(job.leftNanos / speed));
    queue.at(
        time.nowNanos() + nanos,
        () -> {
          if (job.epoch == epoch) {
            finish(job);
          }
        });
  }

  private void finish(Job job) {
    move();
    running.remove(job);
    job.epoch++;
    Job next = waiting.pollFirst();
    if (next != null) {
      start(next);
    }
    Job.End end = job.end;
    if (end != null) {
      end.ended(time.nowNanos() - job.startedNanos);
    }
  }
}
