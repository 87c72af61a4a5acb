// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

/** Bytes that are no packet of messages. */
public final class MalformedPacketException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedPacketException(String message) {
    super(message);
  }

  MalformedPacketException(String message, Throwable cause) {
    super(message, cause);
  }
}
