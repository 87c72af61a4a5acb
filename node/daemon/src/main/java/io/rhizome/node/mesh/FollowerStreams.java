// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The followers of this node, at most so many. Any thread. */
final class FollowerStreams {
  private final int max;
  private final List<FollowerStream> streams = new CopyOnWriteArrayList<>();

  FollowerStreams(int max) {
    this.max = max;
  }

  /** False where there is no room. */
  synchronized boolean add(FollowerStream stream) {
    return streams.size() < max && streams.add(stream);
  }

  synchronized void remove(FollowerStream stream) {
    streams.remove(stream);
  }

  /** Lets each see what has changed. */
  void look() {
    streams.forEach(FollowerStream::send);
  }
}
