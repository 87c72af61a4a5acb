// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.node.access.Access.Permit;
import java.io.InputStream;

/** Gives a request's permit back when it ends. */
public final class PermittedReply implements Reply {
  private final Reply reply;
  private final Permit permit;

  /** Ends the permit, and then that reply. */
  public PermittedReply(Reply reply, Permit permit) {
    this.reply = reply;
    this.permit = permit;
  }

  @Override
  public void answer(InputStream response) {
    permit.end();
    reply.answer(response);
  }

  @Override
  public void fail(ServingError error) {
    permit.end();
    reply.fail(error);
  }
}
