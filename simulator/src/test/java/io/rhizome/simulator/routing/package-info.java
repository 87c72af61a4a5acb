// SPDX-License-Identifier: Apache-2.0
/** What the simulation of requests is held to. */
@NullMarked
package io.rhizome.simulator.routing;

import org.jspecify.annotations.NullMarked;
