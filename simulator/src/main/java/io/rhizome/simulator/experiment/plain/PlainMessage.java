// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment.plain;

import io.rhizome.gossip.Member.Status;
import java.util.List;

/** What members of plain SWIM say to each other; a member is named by its number. */
sealed interface PlainMessage {
  /** Most bytes of one datagram. */
  int PACKET_BYTES = 1_200;

  /** Size in a datagram, about that of the named fields of a message of its kind in MessagePack. */
  int bytes();

  /** Are you there? */
  record Ping(int sequence) implements PlainMessage {
    @Override
    public int bytes() {
      return 45;
    }
  }

  /** Ping that member for me. */
  record PingRequest(int sequence, int target) implements PlainMessage {
    @Override
    public int bytes() {
      return 60;
    }
  }

  /** The answer to {@link Ping} and, through the helper, to {@link PingRequest}. */
  record Ack(int sequence) implements PlainMessage {
    @Override
    public int bytes() {
      return 20;
    }
  }

  /** That incarnation of the subject is alive, suspect or dead. */
  record Update(Status status, int subject, long incarnation) implements PlainMessage {
    @Override
    public int bytes() {
      return status == Status.ALIVE ? 95 : 55;
    }
  }

  /** All that the sender knows; only ever on a stream. */
  record State(boolean answer, List<Update> members) implements PlainMessage {
    @Override
    public int bytes() {
      return members.size() * 95;
    }
  }
}
