// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.access;

import java.util.Arrays;
import java.util.Optional;

/** What a key is good for. Neither role changes anything. */
public enum Role {
  /** Asks for predictions, and what models take. */
  CLIENT("client"),
  /** Looks at everything, and asks for no prediction. */
  VIEWER("viewer");

  private final String text;

  Role(String text) {
    this.text = text;
  }

  /** Whether a key of this role is enough for that. */
  public boolean may(Right right) {
    return switch (this) {
      case CLIENT -> right == Right.INFER || right == Right.MODELS || right == Right.CONTROL;
      case VIEWER -> right == Right.MODELS || right == Right.OBSERVE || right == Right.READ_POLICY;
    };
  }

  /** The role that is written so. */
  public static Optional<Role> of(String text) {
    return Arrays.stream(values()).filter(role -> role.text.equals(text)).findFirst();
  }

  /** As it is written in policy. */
  @Override
  public String toString() {
    return text;
  }
}
