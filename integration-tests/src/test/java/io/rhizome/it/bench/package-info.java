// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of the benchmarks' own parts, the proxy and the load's client against a TLS echo server.
 */
@NullMarked
package io.rhizome.it.bench;

import org.jspecify.annotations.NullMarked;
