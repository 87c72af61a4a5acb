// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.identity.Admitted;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.PolicyStore;
import io.rhizome.node.policy.PolicyWatcher;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Who belongs now, as this node's policy has it. Any thread; nothing blocks. */
public final class PolicyAdmitted implements Admitted {
  private final List<Consumer<Admissions>> listeners = new CopyOnWriteArrayList<>();
  private volatile Admissions now;

  /** Begins with what this node knew when it stopped. */
  public PolicyAdmitted(Admissions known) {
    this.now = known;
  }

  /** Who belongs at this moment. */
  public Admissions now() {
    return now;
  }

  /** Calls back after each change, on the thread that policy tells of it; must not block. */
  public void onChange(Consumer<Admissions> listener) {
    listeners.add(listener);
  }

  /** Goes by that policy from now on. */
  public void follow(PolicyStore store) {
    var unused =
        PolicyWatcher.ofKinds(store, kind -> AdmissionKind.of(kind).isPresent(), this::take);
  }

  /** A store begins with less than this node knew when it stopped: that does not count. */
  private synchronized void take(PolicySnapshot policy) {
    if (policy.version() <= now.policy().version()
        || !policy.resources().containsKey(AdmissionKind.FOUNDING.only())) {
      return;
    }
    Admissions next = now.after(policy);
    now = next;
    listeners.forEach(listener -> listener.accept(next));
  }

  @Override
  public boolean isNode(NodeId id) {
    return now.isNode(id);
  }

  @Override
  public boolean isOperator(NodeId id) {
    return now.isOperator(id);
  }

  @Override
  public Optional<String> name(NodeId node) {
    return now.name(node);
  }

  @Override
  public SortedMap<String, String> labels(NodeId node) {
    return now.labels(node);
  }

  @Override
  public boolean verify(NodeId signer, byte[] message, byte[] signature) {
    return now.verify(signer, message, signature);
  }
}
