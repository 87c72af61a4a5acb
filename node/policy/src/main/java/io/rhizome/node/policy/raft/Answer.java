// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.rhizome.node.policy.Decision;
import io.rhizome.node.policy.PolicyException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What the replicated state machine answers to a proposal, as bytes: a version, or a refusal as its
 * code's name, a space, and why.
 */
final class Answer {
  private static final byte VERSION = 1;
  private static final byte REFUSED = 2;

  private Answer() {}

  static byte[] version(long version) {
    return ByteBuffer.allocate(1 + Long.BYTES).put(VERSION).putLong(version).array();
  }

  static byte[] refused(Decision.Refused refused) {
    byte[] why = (refused.code() + " " + refused.message()).getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(1 + why.length).put(REFUSED).put(why).array();
  }

  /** The version, or what {@link #refused} was told. */
  static long read(byte[] answer) throws PolicyException {
    ByteBuffer in = ByteBuffer.wrap(answer);
    if (in.get() == VERSION) {
      return in.getLong();
    }
    throw refusal(StandardCharsets.UTF_8.decode(in).toString());
  }

  /** Reads a code's name, a space, and why. */
  static PolicyException refusal(String why) {
    int space = why.indexOf(' ');
    return new PolicyException(
        PolicyException.Code.valueOf(why.substring(0, space)), why.substring(space + 1));
  }
}
