// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.utils.concurrent.ThreadContext;
import io.atomix.utils.concurrent.ThreadContextFactory;
import org.slf4j.Logger;

/** Atomix' pool of threads, in the virtual world. */
public final class VirtualContexts implements ThreadContextFactory {
  /** As Atomix makes its own. */
  public VirtualContexts(String name, int threads, Logger logger) {}

  @Override
  public ThreadContext createContext() {
    return new VirtualContext();
  }
}
