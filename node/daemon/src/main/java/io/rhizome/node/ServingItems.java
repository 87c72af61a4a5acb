// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import com.google.protobuf.InvalidProtocolBufferException;
import io.rhizome.node.jobs.ItemRunner;
import io.rhizome.node.jobs.Job;
import io.rhizome.node.jobs.JobSpec;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.serving.Arrival;
import io.rhizome.node.serving.ErrorCode;
import io.rhizome.node.serving.ModelNames;
import io.rhizome.node.serving.ModelNames.Target;
import io.rhizome.node.serving.Reply;
import io.rhizome.node.serving.Serving;
import io.rhizome.node.serving.ServingError;
import io.rhizome.node.serving.Timers;
import io.rhizome.scheduler.Priority;
import io.rhizome.scheduler.Request;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Runs items as requests of class {@code batch} that enter at this node: routing, policy and
 * admission are those of any other request. What is refused, unreachable or too late waits.
 */
final class ServingItems implements ItemRunner {
  /** What would end the same way again. */
  private static final Set<ErrorCode> FINAL =
      EnumSet.of(
          ErrorCode.INVALID, ErrorCode.TOO_LARGE, ErrorCode.MODEL_FAILED, ErrorCode.INTERNAL);

  private final Serving serving;
  private final ModelNames names;
  private final Supplier<Timers> timers;
  private final String here;
  private final long timeoutNanos;

  /**
   * Items run by this serving.
   *
   * @param here the region that items come from whose job does not know; may be empty
   * @param timeoutNanos of each try
   */
  ServingItems(
      Serving serving, ModelNames names, Supplier<Timers> timers, String here, long timeoutNanos) {
    this.serving = serving;
    this.names = names;
    this.timers = timers;
    this.here = here;
    this.timeoutNanos = timeoutNanos;
  }

  @Override
  public CompletableFuture<Outcome> run(Job job, byte[] item) {
    JobSpec spec = job.spec();
    Optional<Target> target =
        names.resolve(spec.model(), spec.version(), ThreadLocalRandom.current());
    if (target.isEmpty()) {
      return CompletableFuture.completedFuture(
          new Later(
              "policy does not give the name '%s' to version %d"
                  .formatted(spec.model(), spec.version())));
    }
    byte[] message;
    try {
      message = named(item, target.get());
    } catch (InvalidProtocolBufferException e) {
      return CompletableFuture.completedFuture(new Failed("it is no request: " + e.getMessage()));
    }
    String origin = spec.source().region().isEmpty() ? here : spec.source().region();
    Request request =
        Request.entering(target.get().model(), target.get().version(), message.length)
            .withPriority(Priority.BATCH)
            .withClient(new Request.Client(spec.tenant(), origin, ""));
    Waiting waiting = new Waiting();
    var unused =
        serving.serve(
            new Arrival(message, request, System.nanoTime() + timeoutNanos, timers.get(), null),
            waiting);
    return waiting.outcome;
  }

  private static byte[] named(byte[] item, Target target) throws InvalidProtocolBufferException {
    return ModelInferRequest.parseFrom(item).toBuilder()
        .setModelName(target.model())
        .setModelVersion(target.version() == 0 ? "" : Long.toString(target.version()))
        .build()
        .toByteArray();
  }

  private static final class Waiting implements Reply {
    final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    @Override
    public void answer(InputStream response) {
      try (response) {
        outcome.complete(new Answered(response.readAllBytes()));
      } catch (IOException e) {
        outcome.complete(new Later("its answer could not be read: " + e.getMessage()));
      }
    }

    @Override
    public void fail(ServingError error) {
      outcome.complete(
          FINAL.contains(error.code()) ? new Failed(error.message()) : new Later(error.message()));
    }
  }
}
