// SPDX-License-Identifier: Apache-2.0
/**
 * The built-in routers, one class each, behind {@link io.rhizome.scheduler.Router}.
 *
 * <p>Start reading at {@link io.rhizome.scheduler.routers.PowerOfTwoChoices}. Imports the JDK,
 * JSpecify, {@code io.rhizome.scheduler} and the value types of {@code io.rhizome.gossip} only.
 */
@NullMarked
package io.rhizome.scheduler.routers;

import org.jspecify.annotations.NullMarked;
