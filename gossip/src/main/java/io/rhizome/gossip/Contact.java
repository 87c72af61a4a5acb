// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

/**
 * What an alive record says: where its owner is reached and which protocol versions it speaks.
 *
 * @param mesh where peers reach it
 * @param api where clients reach it
 * @param protocolMin the oldest gossip protocol it speaks, 1 to 255
 * @param protocolMax the newest, at least {@code protocolMin}, at most 255
 */
record Contact(Endpoint mesh, Endpoint api, int protocolMin, int protocolMax) {
  Contact {
    if (protocolMin < 1 || protocolMax < protocolMin || protocolMax > 255) {
      throw new IllegalArgumentException(
          "protocol range must lie in 1 to 255: " + protocolMin + " to " + protocolMax);
    }
  }
}
