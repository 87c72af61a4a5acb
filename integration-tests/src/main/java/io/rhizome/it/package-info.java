// SPDX-License-Identifier: Apache-2.0
/**
 * A mesh of real node processes on loopback, and what tests, the demo and the benchmarks do with
 * it.
 *
 * <p>Depends on the wire protocol only: a node is a process that was started by the launcher and is
 * spoken to as any client would. Start reading at {@link io.rhizome.it.LocalMesh}.
 */
@NullMarked
package io.rhizome.it;

import org.jspecify.annotations.NullMarked;
