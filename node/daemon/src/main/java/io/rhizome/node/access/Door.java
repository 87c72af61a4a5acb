// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.access;

import io.rhizome.gossip.Bytes;
import io.rhizome.node.access.AccessException.Reason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One public port. Any thread; nothing blocks.
 *
 * @param access who may do what
 * @param keysByDefault whether clients need keys here unless policy opens it: the port is not on
 *     loopback
 */
public record Door(Access access, boolean keysByDefault) {
  /**
   * Says who calls, and lets through what that caller may do.
   *
   * @param from the client's address; one without a way to tell clients apart gets nowhere
   * @param shown see {@link KeyText#shown}
   * @param certificate SHA-256 of the public key of the client's certificate, if it has one
   */
  public Caller require(
      Right right,
      @Nullable SocketAddress from,
      @Nullable String shown,
      @Nullable Bytes certificate)
      throws AccessException {
    if (!(from instanceof InetSocketAddress socket) || socket.getAddress() == null) {
      throw new AccessException(Reason.NOT_ALLOWED, "calls come over TCP here");
    }
    InetAddress address = socket.getAddress();
    Caller caller = access.identify(keysByDefault, address, shown, certificate);
    caller.require(right);
    return caller;
  }
}
