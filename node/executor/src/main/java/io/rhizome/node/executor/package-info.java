// SPDX-License-Identifier: Apache-2.0
/**
 * Runs models. Start reading at {@link io.rhizome.node.executor.Executor}, the port; {@code
 * LocalExecutor} stands behind it with engines for PyTorch (DJL), echo and timer. Engines that run
 * beside the node will stand behind the same port. DJL appears in this module only.
 */
@NullMarked
package io.rhizome.node.executor;

import org.jspecify.annotations.NullMarked;
