// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs.ignite;

import java.io.Serializable;
import java.util.Collection;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.ignite.Ignite;
import org.apache.ignite.cluster.BaselineNode;
import org.apache.ignite.cluster.ClusterNode;
import org.apache.ignite.configuration.TopologyValidator;
import org.apache.ignite.resources.IgniteInstanceResource;
import org.jspecify.annotations.Nullable;

/**
 * Lets a site's nodes write only where most of those are that store its jobs: else both halves of a
 * split site would. In a site of two, one is enough: it goes on when the other dies, and where the
 * link between them broke, what is done twice is done twice.
 */
public final class Majority implements TopologyValidator, Serializable {
  private static final long serialVersionUID = 1;

  @IgniteInstanceResource private transient @Nullable Ignite ignite;

  @Override
  public boolean validate(Collection<ClusterNode> nodes) {
    Collection<BaselineNode> all =
        Objects.requireNonNull(ignite, "Ignite gives it").cluster().currentBaselineTopology();
    if (all == null) {
      return true;
    }
    var here = nodes.stream().map(ClusterNode::consistentId).collect(Collectors.toSet());
    long present = all.stream().filter(node -> here.contains(node.consistentId())).count();
    return present >= wanted(all.size());
  }

  /** How many of so many must be there. */
  static int wanted(int all) {
    return all <= 2 ? 1 : all / 2 + 1;
  }
}
