// SPDX-License-Identifier: Apache-2.0
/** Simulated meshes, and the rules that keep the core deterministic. */
@NullMarked
package io.rhizome.simulator;

import org.jspecify.annotations.NullMarked;
