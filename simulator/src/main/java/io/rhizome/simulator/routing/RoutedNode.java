// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.Peers;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.RouterWord;
import io.rhizome.scheduler.admission.Admission;
import io.rhizome.scheduler.admission.AdmissionConfig;
import io.rhizome.scheduler.resilience.Resilience;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One node: what it knows, who chooses there, and what runs there. A restart makes another. */
final class RoutedNode {
  final RoutingMesh mesh;
  final int number;
  final NodeId id;
  final Router router;
  final SplittableRandom random;
  final Resilience resilience = Resilience.defaults();
  final Peers peers;
  final Workers workers;
  final List<Exchange> open = new ArrayList<>();

  /** Jobs decided for this node that have not begun to run, for those who know all. */
  final List<Job> expected = new ArrayList<>();

  private final ColdLoad model;
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
    this.model = new ColdLoad(this, !spec.cold());
    this.admission =
        setup.admission() && spec.workers() > 0
            ? new Admission<>(AdmissionConfig.of(spec.workers(), setup.queueCapacity()))
            : null;
    this.peers = new Peers(() -> List.of(router));
    peers.retain(mesh.ids());
  }

  long now() {
    return mesh.time().nowNanos();
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

  /** What its router says beside that, with that model in mind; null for nothing. */
  @Nullable RouterWord word(String model) {
    return RouterWord.of(router, now(), model, id);
  }

  /** A peer's router said that. */
  void heard(NodeId peer, String model, @Nullable RouterWord word) {
    if (word != null) {
      peers.onWord(now(), peer, model, word);
    }
  }

  /** An attempt at a peer broke, or was given up for want of an answer. */
  void doubt(int peer, boolean connection) {
    boolean unused = peers.onFailure(now(), mesh.node(peer).id, connection);
  }

  /** Asks these for their load, unless they were asked just now. */
  void ask(List<NodeId> nodes, String model) {
    peers.toAsk(now(), nodes).forEach(peer -> ask(peer, model));
  }

  private void ask(NodeId node, String model) {
    int peer = RoutingMesh.number(node);
    long askedAt = now();
    mesh.send(this, peer, there -> there.tell(this, model, askedAt), () -> doubt(peer, false));
  }

  private void tell(RoutedNode asker, String model, long askedAt) {
    Load load = load();
    RouterWord word = word(model);
    mesh.send(
        this,
        asker.number,
        there -> {
          there.peers.onLoad(there.now(), askedAt, id, model, load);
          there.heard(id, model, word);
        },
        () -> {});
  }

  /** What has to be done a few times a second. */
  void tick() {
    peers.onTick(now()).forEach(peer -> ask(peer, ""));
  }

  /** Something is to run here, for which the model may have to be loaded. */
  void run(LocalRun run, boolean cold) {
    if (cold) {
      model.await(run);
    } else if (model.isLoaded()) {
      offer(run);
    } else {
      run.failed(Failure.Kind.REFUSED, "not loaded");
    }
  }

  /** Something is to run here, where the model is loaded. */
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
    if (model.leave(run)) {
      return true;
    }
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
    model.clear();
    workers.clear();
    expected.clear();
    for (Exchange exchange : List.copyOf(open)) {
      exchange.die();
    }
    open.clear();
  }
}
