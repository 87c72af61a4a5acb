// SPDX-License-Identifier: Apache-2.0
/**
 * The daemon. {@link io.rhizome.node.Node} wires it and does nothing else.
 *
 * <p>Start reading at {@code Node}; then follow a request from {@code api.grpc} through {@code
 * serving} to the executor, or over {@code mesh} to a peer's {@code serving}.
 */
@NullMarked
package io.rhizome.node;

import org.jspecify.annotations.NullMarked;
