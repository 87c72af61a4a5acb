// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.transport.GossipLoop;
import io.rhizome.node.identity.admission.Admissions;
import io.rhizome.node.mesh.MeshKeySeeker;
import io.rhizome.node.policy.PolicyStatus;
import io.rhizome.node.policy.PolicyStore;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps gossip at the newest mesh key that this node has heard of: from policy, or, where no voter
 * can be reached for long, from whichever admitted node answers. Any thread.
 */
final class MeshKeys {
  private static final Logger log = LoggerFactory.getLogger(MeshKeys.class);
  private static final int CALLS_IN_COMPANY = 10;
  private static final long LOST_NANOS = 4_000_000_000L;

  private final GossipLoop gossip;
  private final List<Endpoint> seeds;
  private int calls;
  private long version;
  private Bytes key;

  /**
   * Begins with what gossip was started with.
   *
   * @param seeds where to ask besides where members were last known to be
   */
  MeshKeys(GossipLoop gossip, Admissions known, List<Endpoint> seeds) {
    this.gossip = gossip;
    this.version = known.meshKeyVersion();
    this.key = known.meshKey().orElse(Bytes.EMPTY);
    this.seeds = List.copyOf(seeds);
  }

  /** Policy says so. */
  void onAdmissions(Admissions now) {
    now.meshKey().ifPresent(key -> offer(now.meshKeyVersion(), key));
  }

  /** Some node has that key. */
  synchronized void offer(long newer, Bytes offered) {
    if (newer <= version) {
      return;
    }
    version = newer;
    // At the founding it only becomes policy.
    if (!offered.equals(key)) {
      key = offered;
      gossip.rekey(offered);
      log.info("gossip is sealed with a new mesh key, of policy version {}", newer);
    }
  }

  /**
   * Asks those that it does not hear where policy has not been heard of for long: at each call if
   * it hears nobody, now and then if it does, for all of them may lack the key. For one thread.
   */
  void seek(PolicyStore store, MeshKeySeeker seeker) {
    PolicyStatus status = store.status();
    if (status.ageNanos() < LOST_NANOS) {
      calls = 0;
      return;
    }
    Set<Endpoint> addresses = new LinkedHashSet<>(seeds);
    // This node among them.
    Set<Endpoint> heard = new LinkedHashSet<>();
    for (Member member : gossip.view().members().values()) {
      (member.status().usable() ? heard : addresses).add(member.state().mesh());
    }
    addresses.removeAll(heard);
    if (heard.size() == 1 || ++calls % CALLS_IN_COMPANY == 0) {
      seeker.ask(addresses);
    }
  }
}
