// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

/** What a row's three nodes run on. Rows of one stage share the mesh, while it is well. */
enum Stage {
  /** Loopback; 4 workers a holder, 10 ms a run. */
  PLAIN(4, 10),
  /** A network of our own, which needs root; 4 workers a holder, 10 ms a run. */
  LINKS(4, 10),
  /** Loopback; 16 workers a holder, 20 ms a run. */
  WIDE(16, 20);

  private final int workers;
  private final int serviceMillis;

  Stage(int workers, int serviceMillis) {
    this.workers = workers;
    this.serviceMillis = serviceMillis;
  }

  /** Of each node. */
  int workers() {
    return workers;
  }

  /** How long the model runs. */
  int serviceMillis() {
    return serviceMillis;
  }

  /** Requests a second that all holders together can answer. */
  double capacity() {
    return FaultMesh.HOLDERS.size() * workers * 1e3 / serviceMillis;
  }
}
