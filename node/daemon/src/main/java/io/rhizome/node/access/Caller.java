// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.access;

import io.rhizome.node.access.AccessException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Who calls. Immutable.
 *
 * @param tenant whose limits hold; empty for nobody's
 * @param origin the region that the request comes from; may be empty
 * @param role that of the key; null without one
 */
public record Caller(String tenant, String origin, @Nullable Role role) {
  /** Somebody without a key, who came in where none is asked for. */
  static Caller anonymous(String origin) {
    return new Caller("", origin, null);
  }

  /** Lets a call through that this caller may make; without a key, only all of policy is closed. */
  void require(Right right) throws AccessException {
    if (role != null && !role.may(right)) {
      throw new AccessException(
          Reason.NOT_ALLOWED,
          "an API key of role %s is not for %s; ask an operator for one of another role"
              .formatted(role, right));
    }
    if (role == null && right == Right.READ_POLICY) {
      throw new AccessException(
          Reason.NO_KEY, "%s needs an operator's proof or a viewer's API key".formatted(right));
    }
  }
}
