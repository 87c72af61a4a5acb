// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.primitive.PrimitiveType;
import io.atomix.primitive.PrimitiveTypeRegistry;
import java.util.Collection;
import java.util.List;

/** The only state machine there is. */
@SuppressWarnings("rawtypes")
record OnlyPolicy(PolicyReplica replica) implements PrimitiveTypeRegistry {
  @Override
  public Collection<PrimitiveType> getPrimitiveTypes() {
    return List.of(replica);
  }

  @Override
  public PrimitiveType getPrimitiveType(String name) {
    return replica;
  }
}
