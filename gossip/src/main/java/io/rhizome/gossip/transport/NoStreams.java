// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeId;

/** Opens none: all that is sent is lost. For a node that has datagrams alone. */
public final class NoStreams implements Streams {
  @Override
  public void receive(Receiver receiver) {}

  @Override
  public void send(NodeId to, Endpoint at, byte[] packet) {}

  @Override
  public void sendToSeed(Endpoint at, byte[] packet) {}
}
