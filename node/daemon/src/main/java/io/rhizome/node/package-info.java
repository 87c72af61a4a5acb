// SPDX-License-Identifier: Apache-2.0
/** The daemon: {@link io.rhizome.node.Node} wires its parts. */
@NullMarked
package io.rhizome.node;

import org.jspecify.annotations.NullMarked;
