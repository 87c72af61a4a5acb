// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.scenario;

import io.rhizome.gossip.Member.Status;
import io.rhizome.gossip.SwimEvent;
import io.rhizome.simulator.SimNode;
import io.rhizome.simulator.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Counts what happens in a run, second by second. */
final class Recorder {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Simulation mesh;
  private final Consumer<Row> listener;
  private final List<Row> rows = new ArrayList<>();
  private long hash;
  private int falseDeaths;
  private int joined;
  private int suspected;
  private int died;
  private int falseDeathsBefore;
  private long packetsBefore;
  private long bytesBefore;

  Recorder(Simulation mesh, Consumer<Row> listener) {
    this.mesh = mesh;
    this.listener = listener;
    mesh.onEvent(this::onEvent);
    mesh.after(SECOND, this::onSecond);
  }

  List<Row> rows() {
    return rows;
  }

  int falseDeaths() {
    return falseDeaths;
  }

  /** Over all events and packets: equal runs have equal ones. */
  long hash() {
    return 31 * hash + mesh.packetHash();
  }

  private void onEvent(SimNode observer, SwimEvent event) {
    hash = 31 * hash + (mesh.nowNanos() + " " + observer.host() + " " + event).hashCode();
    if (event instanceof SwimEvent.Joined) {
      joined++;
    } else if (event instanceof SwimEvent.Suspected) {
      suspected++;
    } else if (event instanceof SwimEvent.Died death) {
      died++;
      if (mesh.node(death.id()).filter(SimNode::isRunning).isPresent()) {
        falseDeaths++;
      }
    }
  }

  private void onSecond() {
    List<SimNode> running = mesh.running();
    int alive = 0;
    int suspect = 0;
    int dead = 0;
    for (SimNode observer : running) {
      for (SimNode subject : running) {
        Status status = observer == subject ? null : observer.statusOf(subject);
        if (status == Status.ALIVE) {
          alive++;
        } else if (status == Status.SUSPECT) {
          suspect++;
        } else if (status == Status.DEAD) {
          dead++;
        }
      }
    }
    long bytes = mesh.sentBytes();
    Row row =
        new Row(
            rows.size() + 1L,
            running.size(),
            alive,
            suspect,
            dead,
            joined,
            suspected,
            died,
            falseDeaths - falseDeathsBefore,
            mesh.packets() - packetsBefore,
            bytes - bytesBefore);
    joined = 0;
    suspected = 0;
    died = 0;
    falseDeathsBefore = falseDeaths;
    packetsBefore = mesh.packets();
    bytesBefore = bytes;
    rows.add(row);
    listener.accept(row);
    mesh.after(SECOND, this::onSecond);
  }
}
