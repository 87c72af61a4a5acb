// SPDX-License-Identifier: Apache-2.0
/**
 * The command line. Start reading at {@link io.rhizome.node.cli.Main}: one class per command.
 *
 * <p>{@code up} runs a node in this process; {@code init} writes the files of a new mesh; all
 * others talk gRPC to a running node, as any client could.
 */
@NullMarked
package io.rhizome.node.cli;

import org.jspecify.annotations.NullMarked;
