// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** {@link Admission} against a bookkeeper, under random requests, ends and cancels. */
class AdmissionPropertyTest {
  private static final long MILLI = 1_000_000L;

  @Property(tries = 300)
  void countsAddUpAndEachTicketEndsOnce(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 8) int limit,
      @ForAll @IntRange(min = 0, max = 20) int queueCapacity) {
    new Bookkeeper(new AdmissionConfig(limit, 2 * limit, queueCapacity), seed).play(400);
  }

  private static final class Bookkeeper {
    final AdmissionConfig config;
    final Admission<Integer> admission;
    final Random random;
    final List<Ticket<Integer>> running = new ArrayList<>();
    final List<Ticket<Integer>> waiting = new ArrayList<>();
    int offered;
    int ended;
    long now;

    Bookkeeper(AdmissionConfig config, long seed) {
      this.config = config;
      this.admission = new Admission<>(config);
      this.random = new Random(seed);
      this.now = random.nextLong(-20_000, 20_000) * MILLI;
    }

    void play(int events) {
      for (int i = 0; i < events; i++) {
        now += random.nextLong(0, 15) * MILLI;
        int event = random.nextInt(10);
        if (event < 5) {
          offer();
        } else if (event < 9 && !running.isEmpty()) {
          end();
        } else if (!waiting.isEmpty()) {
          cancel();
        }
        check();
      }
      while (!running.isEmpty()) {
        end();
        check();
      }
      assertThat(ended).isEqualTo(offered);
    }

    void offer() {
      Priority priority = List.of(Priority.values()).get(random.nextInt(3));
      String tenant = "t" + random.nextInt(3);
      long deadline = now + random.nextLong(-1, 300) * MILLI;
      Ticket<Integer> ticket =
          new Ticket<>("m" + random.nextInt(3), tenant, priority, deadline, offered++);
      waiting.add(ticket);
      follow(admission.offer(now, ticket));
    }

    void end() {
      Ticket<Integer> ticket = running.remove(random.nextInt(running.size()));
      ended++;
      follow(admission.onEnd(now, ticket, random.nextLong(-1, 40) * MILLI));
      follow(admission.onEnd(now, ticket, MILLI));
      assertThat(admission.cancel(ticket)).isFalse();
    }

    void cancel() {
      Ticket<Integer> ticket = waiting.remove(random.nextInt(waiting.size()));
      ended++;
      assertThat(admission.cancel(ticket)).isTrue();
      assertThat(admission.cancel(ticket)).isFalse();
    }

    void follow(Admission.Change<Integer> change) {
      for (Ticket<Integer> ticket : change.run()) {
        assertThat(waiting.remove(ticket)).isTrue();
        assertThat(ticket.deadlineNanos()).isGreaterThan(now);
        running.add(ticket);
      }
      if (!change.run().isEmpty()) {
        assertThat(running.size()).isLessThanOrEqualTo(limit());
      }
      for (Admission.Refused<Integer> refused : change.refused()) {
        assertThat(waiting.remove(refused.ticket())).isTrue();
        assertThat(refused.retryNanos()).isBetween(20 * MILLI, 5_000 * MILLI);
        assertThat(refused.why()).isNotEmpty();
        ended++;
      }
      for (Ticket<Integer> ticket : change.expired()) {
        assertThat(waiting.remove(ticket)).isTrue();
        assertThat(ticket.deadlineNanos()).isLessThanOrEqualTo(now);
        ended++;
      }
    }

    int limit() {
      return admission.load(now).limit();
    }

    void check() {
      Load load = admission.load(now);
      assertThat(admission.running()).isEqualTo(running.size());
      assertThat(admission.waiting()).isEqualTo(waiting.size());
      assertThat(load.inFlight()).isEqualTo(running.size() + waiting.size());
      assertThat(load.limit()).isBetween(1, config.maxLimit());
      assertThat(waiting.size()).isLessThanOrEqualTo(config.queueCapacity());
      // A free place is left only to spread the starts of the less urgent, while something runs.
      if (!waiting.isEmpty() && running.size() < load.limit()) {
        assertThat(running).isNotEmpty();
        assertThat(waiting).noneMatch(ticket -> ticket.priority() == Priority.INTERACTIVE);
      }
      for (int model = 0; model < 3; model++) {
        String name = "m" + model;
        assertThat(waiting.stream().filter(ticket -> ticket.model().equals(name)).count())
            .isLessThanOrEqualTo(config.roomPerModel(Priority.INTERACTIVE));
      }
    }
  }
}
