// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

/** A message of somebody who may not send it. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  RefusedException(String message) {
    super(message);
  }

  RefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
