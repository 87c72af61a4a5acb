// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Reachability;
import io.rhizome.node.jobs.Job;
import io.rhizome.node.jobs.JobSpec;
import io.rhizome.node.jobs.OtherSites.Offer;
import io.rhizome.node.serving.ModelNames;
import io.rhizome.node.serving.ModelNames.Target;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.Place;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteRules;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Which sites may run a job's items: those with nodes that hold its model, loaded or on disk, that
 * are reached, and that policy does not forbid. Any thread; does not block.
 */
final class SiteOffers implements Function<Job, List<Offer>> {
  private static final long ITEM_BYTES = 1_000;

  private final Supplier<ClusterView> view;
  private final ModelNames names;
  private final String site;
  private final String region;

  /**
   * Offers as this node sees them.
   *
   * @param site this node's
   * @param region where items come from whose job does not know
   */
  SiteOffers(Supplier<ClusterView> view, ModelNames names, String site, String region) {
    this.view = view;
    this.names = names;
    this.site = site;
    this.region = region;
  }

  @Override
  public List<Offer> apply(Job job) {
    JobSpec spec = job.spec();
    Optional<Target> target =
        names.resolve(spec.model(), spec.version(), ThreadLocalRandom.current());
    return target.map(found -> offers(view.get(), request(spec, found))).orElse(List.of());
  }

  private Request request(JobSpec spec, Target target) {
    String origin = spec.source().region().isEmpty() ? region : spec.source().region();
    return Request.entering(target.model(), target.version(), ITEM_BYTES)
        .withClient(new Request.Client(spec.tenant(), origin, ""));
  }

  private List<Offer> offers(ClusterView now, Request request) {
    RouteRules rules = now.rules(request);
    SortedMap<String, Offer> offers = new TreeMap<>();
    for (NodeId id : now.holders(request.model()).all(request.version())) {
      NodeView node = now.node(id).orElse(null);
      if (node != null
          && !(node.reachability() instanceof Reachability.None)
          && rules.objectionToRun(node.place()) == null) {
        Place place = node.place();
        boolean own = id.equals(now.self()) || place.site().equals(site);
        if (own || !place.site().isEmpty()) {
          String name = own ? "" : place.site();
          offers.merge(
              name,
              new Offer(name, 1, place.pricePerGb(), place.energyWeight()),
              (one, other) ->
                  new Offer(name, one.nodes() + 1, one.pricePerGb(), one.energyWeight()));
        }
      }
    }
    return List.copyOf(offers.values());
  }
}
