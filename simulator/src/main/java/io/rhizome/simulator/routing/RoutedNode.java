// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.PeerStats;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.admission.Admission;
import io.rhizome.scheduler.admission.AdmissionConfig;
import io.rhizome.scheduler.resilience.OutlierDetector;
import io.rhizome.scheduler.resilience.Resilience;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One node: what it knows, who chooses there, and what runs there. A restart makes another. */
final class RoutedNode {
  /** As a node's configuration has it: how far the limit may grow for each worker. */
  private static final int ADMITTED_PER_WORKER = 16;

  final RoutingMesh mesh;
  final int number;
  final NodeId id;
  final Router router;
  final SplittableRandom random;
  final Resilience resilience = Resilience.defaults();
  final OutlierDetector outliers = new OutlierDetector();
  final Workers workers;
  final List<Exchange> open = new ArrayList<>();

  /** Jobs decided for this node that have not begun to run, for those who know all. */
  final List<Job> expected = new ArrayList<>();

  private final PeerStats[] peers;
  private final @Nullable Admission<LocalRun> admission;
  private final List<Runnable> held = new ArrayList<>();
  private boolean hung;
  boolean down;

  RoutedNode(RoutingMesh mesh, int number, Router router, SplittableRandom random) {
    Setup setup = mesh.setup();
    Setup.Spec spec = setup.nodes().get(number);
    this.mesh = mesh;
    this.number = number;
    this.id = RoutingMesh.id(number);
    this.router = router;
    this.random = random;
    this.workers = new Workers(mesh.time(), mesh.queue(), spec.workers(), spec.speed());
    this.admission =
        setup.admission() && spec.workers() > 0
            ? new Admission<>(
                new AdmissionConfig(
                    spec.workers(), ADMITTED_PER_WORKER * spec.workers(), setup.queueCapacity()))
            : null;
    this.peers = new PeerStats[setup.nodes().size()];
    for (int i = 0; i < peers.length; i++) {
      peers[i] = new PeerStats();
    }
  }

  long now() {
    return mesh.time().nowNanos();
  }

  PeerStats statsOf(int peer) {
    return peers[peer];
  }

  /** What it knows at this moment. */
  ClusterView view() {
    return mesh.board() == null ? new LearntView(this) : mesh.board().view(this);
  }

  /** How busy it is. */
  Load load() {
    if (admission != null) {
      return admission.load(now());
    }
    long service = Math.round(mesh.setup().serviceNanos() / workers.speed());
    int present = workers.present();
    int slots = Math.max(1, workers.count());
    long ahead = Math.max(0, present - slots + 1);
    return new Load(present, slots, ahead * service / slots, service);
  }

  /** It hears how busy a peer is. */
  void hear(int peer, String model, Load load) {
    statsOf(peer).onLoad(now(), load);
    if (!model.isEmpty()) {
      router.onLoad(now(), model, RoutingMesh.id(peer), load);
    }
    outliers.onAnswer(RoutingMesh.id(peer));
  }

  /** An attempt at a peer broke, or was given up for want of an answer. */
  void doubt(int peer, boolean connection) {
    boolean unused = outliers.onFailure(now(), RoutingMesh.id(peer), connection, peers.length - 1);
  }

  /** Asks these for their load, unless they were asked just now. */
  void ask(List<NodeId> nodes, String model) {
    for (NodeId node : nodes) {
      int peer = RoutingMesh.number(node);
      if (peer != number && statsOf(peer).tryAsk(now())) {
        mesh.send(this, peer, there -> there.tell(this, model), () -> doubt(peer, false));
      }
    }
  }

  private void tell(RoutedNode asker, String model) {
    Load load = load();
    mesh.send(this, asker.number, there -> there.hear(number, model, load), () -> {});
  }

  /** What has to be done a few times a second. */
  void tick() {
    router.onTick(now());
    ask(outliers.dueForAsking(now()), "");
  }

  /** Something is to run here. */
  void offer(LocalRun run) {
    if (admission == null) {
      run.begin();
    } else {
      follow(admission.offer(now(), run.ticket()));
    }
  }

  void ended(LocalRun run, long ranNanos) {
    if (admission != null) {
      follow(admission.onEnd(now(), run.ticket(), ranNanos));
    }
  }

  /** Whether it only waited, and does no more. */
  boolean cancel(LocalRun run) {
    return admission == null ? workers.cancel(run.job()) : admission.cancel(run.ticket());
  }

  private static void follow(Admission.Change<LocalRun> change) {
    change.refused().forEach(out -> out.ticket().work().failed(Failure.Kind.OVERLOADED, out.why()));
    change.expired().forEach(out -> out.work().failed(Failure.Kind.EXPIRED, "waited too long"));
    change.run().forEach(ticket -> ticket.work().begin());
  }

  /** Does that now, or once it is no longer hung. */
  void act(Runnable what) {
    if (hung) {
      held.add(what);
    } else {
      what.run();
    }
  }

  void hang(boolean now) {
    hung = now;
    if (!hung) {
      List<Runnable> all = new ArrayList<>(held);
      held.clear();
      all.forEach(Runnable::run);
    }
  }

  /** Its process ends, with all that it did. */
  void kill() {
    down = true;
    held.clear();
    workers.clear();
    expected.clear();
    for (Exchange exchange : List.copyOf(open)) {
      exchange.die();
    }
    open.clear();
  }
}
