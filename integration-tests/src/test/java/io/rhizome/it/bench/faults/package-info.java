// SPDX-License-Identifier: Apache-2.0
/** Tests of what {@code deploy/bench faults} computes from what it saw. */
@NullMarked
package io.rhizome.it.bench.faults;

import org.jspecify.annotations.NullMarked;
