// SPDX-License-Identifier: Apache-2.0
/**
 * What a node counts about its work. Depends on the JDK only; every other package may feed it.
 *
 * <p>Start reading at {@link io.rhizome.node.telemetry.ModelStats}.
 */
@NullMarked
package io.rhizome.node.telemetry;

import org.jspecify.annotations.NullMarked;
