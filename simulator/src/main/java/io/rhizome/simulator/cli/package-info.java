// SPDX-License-Identifier: Apache-2.0
/**
 * {@code rhizome sim}: runs scenarios from files and writes what came of them. The only part of the
 * simulator that opens files.
 *
 * <p>Found by the launcher as the {@link java.util.spi.ToolProvider} named {@code sim}; start
 * reading at {@link io.rhizome.simulator.cli.SimTool}.
 */
@NullMarked
package io.rhizome.simulator.cli;

import org.jspecify.annotations.NullMarked;
