// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import java.io.IOException;

/** What befalls one holder, for a while. */
enum Fault {
  /** Gone, and started again. */
  KILL(Stage.PLAIN, "kill -9; then started again") {
    @Override
    void begin(FaultMesh mesh, int holder, int round) {
      mesh.node(holder).kill();
    }

    @Override
    void end(FaultMesh mesh, int holder) throws IOException, InterruptedException {
      mesh.restart(holder);
    }
  },
  /** Not running, its connections open. */
  HANG(Stage.PLAIN, "SIGSTOP; then SIGCONT") {
    @Override
    void begin(FaultMesh mesh, int holder, int round) throws IOException, InterruptedException {
      mesh.node(holder).suspend();
    }

    @Override
    void end(FaultMesh mesh, int holder) throws IOException, InterruptedException {
      mesh.node(holder).resume();
    }
  },
  /** Accepts and never answers. */
  SILENT(
      Stage.LINKS,
      "its mesh port accepts and acknowledges, and no data comes from it; its gossip datagrams do") {
    @Override
    void begin(FaultMesh mesh, int holder, int round) throws IOException, InterruptedException {
      mesh.links().silence(holder, mesh.meshPort(holder));
    }

    @Override
    void end(FaultMesh mesh, int holder) throws IOException, InterruptedException {
      mesh.links().mend();
    }
  },
  /** Runs take longer. */
  SLOW(
      Stage.PLAIN,
      "its runs take " + SlowRuns.FACTOR + " times as long; nothing else of it is slower") {
    @Override
    String missing(FaultMesh mesh) {
      return mesh.slowRuns().isPresent() ? "" : "there is no C compiler `cc`";
    }

    @Override
    void begin(FaultMesh mesh, int holder, int round) throws IOException {
      mesh.slowRuns().orElseThrow().begin(mesh.node(holder));
    }

    @Override
    void end(FaultMesh mesh, int holder) throws IOException {
      mesh.slowRuns().orElseThrow().end(mesh.node(holder));
    }
  },
  /** The link from the entry works one way only. */
  ONE_WAY(
      Stage.LINKS,
      "no packet of the entry's reaches it; in every second round, none of its packets the entry") {
    @Override
    void begin(FaultMesh mesh, int holder, int round) throws IOException, InterruptedException {
      boolean there = round % 2 == 0;
      mesh.links().cutOneWay(there ? FaultMesh.ENTRY : holder, there ? holder : FaultMesh.ENTRY);
    }

    @Override
    void end(FaultMesh mesh, int holder) throws IOException, InterruptedException {
      mesh.links().mend();
    }
  },
  /** The link from the entry does not work; by way of the other holder it can be reached. */
  RELAY(Stage.LINKS, "no packet gets from it to the entry or back; the other holder reaches both") {
    @Override
    void begin(FaultMesh mesh, int holder, int round) throws IOException, InterruptedException {
      mesh.links().cut(FaultMesh.ENTRY, holder);
    }

    @Override
    void end(FaultMesh mesh, int holder) throws IOException, InterruptedException {
      mesh.links().mend();
    }
  };

  private final Stage stage;
  private final String what;

  Fault(Stage stage, String what) {
    this.stage = stage;
    this.what = what;
  }

  /** What a mesh must run on for it. */
  Stage stage() {
    return stage;
  }

  /** In a few words. */
  String what() {
    return what;
  }

  /** Why it cannot be had here; empty where it can. */
  String missing(FaultMesh mesh) {
    return "";
  }

  /** It is there when this returns; how it sets in may depend on how often it was there before. */
  abstract void begin(FaultMesh mesh, int holder, int round)
      throws IOException, InterruptedException;

  /** It is over when this returns. */
  abstract void end(FaultMesh mesh, int holder) throws IOException, InterruptedException;
}
