// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.grpc;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.api.Wishes;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.node.serving.ModelNames;
import io.rhizome.node.serving.ModelNames.Target;
import io.rhizome.node.serving.Serving;
import io.rhizome.scheduler.Estimate;
import io.rhizome.scheduler.Explanation;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision.Action;
import io.rhizome.v1.ExplainRequest;
import io.rhizome.v1.ExplainResponse;
import io.rhizome.v1.ExplainedChange;
import io.rhizome.v1.ExplainedHolder;
import java.util.concurrent.TimeUnit;

/** Answers where a request would go and why. Any thread. */
public final class Explaining {
  private static final int DEFAULT_BYTES = 1_000;

  private final Serving serving;
  private final ModelNames names;
  private final NodeId self;
  private final String region;

  /**
   * Over this serving.
   *
   * @param region where requests of clients that say nothing come from: this node's own
   */
  public Explaining(Serving serving, ModelNames names, NodeId self, String region) {
    this.serving = serving;
    this.names = names;
    this.self = self;
    this.region = region;
  }

  ExplainResponse explain(ExplainRequest asked) throws MalformedException {
    if (asked.getModel().isEmpty()) {
      throw new MalformedException("model is missing");
    }
    if (asked.getVersion() < 0 || asked.getBytes() < 0) {
      throw new MalformedException("version and bytes must not be negative");
    }
    Wishes wishes = Wishes.of(asked.getPriority().isEmpty() ? null : asked.getPriority(), null);
    Target target = names.newest(asked.getModel(), asked.getVersion());
    String origin = asked.getOrigin().isEmpty() ? region : asked.getOrigin();
    Request request =
        Request.entering(
                target.model(),
                target.version(),
                asked.getBytes() == 0 ? DEFAULT_BYTES : asked.getBytes())
            .withPriority(wishes.priority())
            .withClient(new Request.Client(asked.getTenant(), origin, ""));
    return response(request, serving.explain(request));
  }

  private ExplainResponse response(Request request, Explanation explanation) {
    ExplainResponse.Builder response =
        ExplainResponse.newBuilder()
            .setNodeId(self.toString())
            .setRouter(explanation.router())
            .setModel(request.model())
            .setVersion(request.version());
    Action action = explanation.decision().action();
    if (action instanceof Action.RunHere here) {
      response.setChosen(self.toString()).setVersion(here.version());
    } else if (action instanceof Action.Forward forward) {
      response.setChosen(forward.holder().toString()).setVersion(forward.version());
      if (forward.target() != null) {
        response.setRelay(forward.to().toString());
      }
    } else {
      response.setRefusal(((Action.Refuse) action).reason().name());
    }
    explanation.holders().forEach(holder -> response.addHolders(describe(holder)));
    explanation
        .changes()
        .forEach(
            change ->
                response.addChanges(
                    ExplainedChange.newBuilder()
                        .setNodeId(change.node().toString())
                        .setName(serving.view().nameOf(change.node()))
                        .setCondition(change.condition())));
    return response.build();
  }

  private ExplainedHolder describe(Explanation.Holder holder) {
    NodeView node = holder.node();
    Estimate estimate = holder.estimate();
    long age = node.loadAgeNanos();
    return ExplainedHolder.newBuilder()
        .setNodeId(node.id().toString())
        .setName(serving.view().nameOf(node.id()))
        .setVersion(holder.version())
        .setVerdict(holder.verdict())
        .setExcluded(holder.excluded())
        .setNetworkMicros(micros(estimate.networkNanos()))
        .setTransferMicros(micros(estimate.transferNanos()))
        .setQueueMicros(micros(estimate.queueNanos()))
        .setServiceMicros(micros(estimate.serviceNanos()))
        .setInFlight(node.load().inFlight())
        .setLimit(node.load().limit())
        .setLoadAgeMicros(age == Long.MAX_VALUE ? -1 : micros(age))
        .build();
  }

  private static long micros(long nanos) {
    return TimeUnit.NANOSECONDS.toMicros(nanos);
  }
}
