// SPDX-License-Identifier: Apache-2.0
/**
 * Benchmarks: each says its method first, runs against real processes, prints a table and writes
 * its figures to {@code integration-tests/results}.
 *
 * <p>Start reading at {@link io.rhizome.it.bench.Bench}; {@link io.rhizome.it.bench.Proxy} is the
 * plain forwarder that one hop of the mesh is compared with.
 */
@NullMarked
package io.rhizome.it.bench;

import org.jspecify.annotations.NullMarked;
