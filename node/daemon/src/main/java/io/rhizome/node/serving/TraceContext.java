// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * A W3C trace context as it travels in headers, unchecked.
 *
 * @param traceparent which span of which trace
 * @param tracestate what vendors add; empty for nothing
 */
public record TraceContext(String traceparent, String tracestate) {
  /** The header of {@link #traceparent}. */
  public static final String PARENT = "traceparent";

  /** The header of {@link #tracestate}. */
  public static final String STATE = "tracestate";

  private static final Metadata.Key<String> PARENT_KEY =
      Metadata.Key.of(PARENT, Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> STATE_KEY =
      Metadata.Key.of(STATE, Metadata.ASCII_STRING_MARSHALLER);

  /** What these headers' values say; null where there is no parent. */
  static @Nullable TraceContext of(@Nullable String parent, @Nullable String state) {
    return parent == null ? null : new TraceContext(parent, state == null ? "" : state);
  }

  /** The caller's; null where it sent none. */
  static @Nullable TraceContext of(Metadata headers) {
    return of(headers.get(PARENT_KEY), headers.get(STATE_KEY));
  }

  /** Adds it to headers. */
  public void putInto(Metadata headers) {
    headers.put(PARENT_KEY, traceparent);
    if (!tracestate.isEmpty()) {
      headers.put(STATE_KEY, tracestate);
    }
  }
}
