// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Explanation;
import io.rhizome.scheduler.Request;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Follows requests across nodes. Any thread; does not block; never throws. */
@FunctionalInterface
public interface Tracing {
  /** Begins the span of a request that arrived at this node, below the caller's if it has one. */
  Span arrived(Request request, @Nullable TraceContext caller);

  /** One piece of a request's way. Ended exactly once; later calls do nothing. */
  interface Span {
    /** The id of the whole trace, 32 hexadecimal digits. */
    String traceId();

    /** Whether anybody will see it: else nothing need be said of it. */
    boolean isRecorded();

    /** Why the request goes where it goes next, or nowhere. */
    void decided(Explanation why, Function<NodeId, String> names);

    /** What the next node is told. */
    TraceContext context();

    /** Begins the span of one attempt at a peer, below this one. */
    Span forward(String peer);

    /** Begins the span of one run on this node's executor, below this one. */
    Span run();

    /** Says more of this piece: times in nanoseconds. */
    void times(long queueNanos, long computeNanos);

    /** Ends it well. */
    void end();

    /** Ends it badly, with why. */
    void fail(String why);
  }
}
