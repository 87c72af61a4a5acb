// SPDX-License-Identifier: Apache-2.0
/**
 * What a node tells its operators: metrics, traces, log lines.
 *
 * <p>Start reading at {@link io.rhizome.node.telemetry.Metrics}, which reads the counters that
 * others keep whenever somebody scrapes; nothing here is on a request's way but {@link
 * io.rhizome.node.telemetry.OtlpTracing}, and that only where it is configured. Micrometer,
 * OpenTelemetry and Logback appear in this package alone.
 */
@NullMarked
package io.rhizome.node.telemetry;

import org.jspecify.annotations.NullMarked;
