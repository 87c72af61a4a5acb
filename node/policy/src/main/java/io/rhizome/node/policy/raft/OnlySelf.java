// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.cluster.ClusterMembershipEventListener;
import io.atomix.cluster.ClusterMembershipService;
import io.atomix.cluster.Member;
import io.atomix.cluster.MemberId;
import io.atomix.utils.net.Address;
import java.util.Collections;
import java.util.Set;

/** Atomix asks nothing of membership but this: who it is. */
final class OnlySelf implements ClusterMembershipService {
  private final Member member;

  OnlySelf(MemberId self) {
    this.member = Member.member(self, Address.from("127.0.0.1", 1));
  }

  @Override
  public Member getLocalMember() {
    return member;
  }

  @Override
  public Set<Member> getMembers() {
    return Collections.singleton(member);
  }

  @Override
  public Member getMember(MemberId id) {
    return member;
  }

  @Override
  public void addListener(ClusterMembershipEventListener listener) {}

  @Override
  public void removeListener(ClusterMembershipEventListener listener) {}
}
