// SPDX-License-Identifier: Apache-2.0
/** Tests of what {@code deploy/bench jobs} computes from what it saw. */
@NullMarked
package io.rhizome.it.bench.jobs;

import org.jspecify.annotations.NullMarked;
