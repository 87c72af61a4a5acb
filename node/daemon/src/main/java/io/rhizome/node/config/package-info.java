// SPDX-License-Identifier: Apache-2.0
/**
 * What a node is told by its YAML file, its environment and its flags.
 *
 * <p>Start reading at {@link io.rhizome.node.config.NodeConfig}. Depends on value types of {@code
 * io.rhizome.gossip} only; every other package of the node may read it.
 */
@NullMarked
package io.rhizome.node.config;

import org.jspecify.annotations.NullMarked;
