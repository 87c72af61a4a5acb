// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store.swarm;

/**
 * Bounds on one download.
 *
 * @param maxPerPeer chunks asked of one peer at a time, at least 1
 * @param maxInFlight chunks asked of all peers at a time, at least 1
 * @param stallNanos how long a chunk may take before it is asked elsewhere
 * @param restNanos how long a peer is left alone after its first failure; doubled with each more
 * @param maxFailures failures in a row after which a peer is asked no more, at least 1
 */
public record DownloadConfig(
    int maxPerPeer, int maxInFlight, long stallNanos, long restNanos, int maxFailures) {
  public DownloadConfig {
    if (maxPerPeer < 1 || maxInFlight < 1 || maxFailures < 1) {
      throw new IllegalArgumentException(
          "maxPerPeer, maxInFlight and maxFailures must be at least 1");
    }
    if (stallNanos < 1 || restNanos < 1) {
      throw new IllegalArgumentException("stallNanos and restNanos must be at least 1");
    }
  }
}
