// SPDX-License-Identifier: Apache-2.0
/**
 * How fast real processes notice that one of them is gone, beside how fast the simulation says they
 * do. Start reading at {@link io.rhizome.it.bench.detection.GossipRealBench}. May depend on the
 * simulator.
 */
@NullMarked
package io.rhizome.it.bench.detection;

import org.jspecify.annotations.NullMarked;
