// SPDX-License-Identifier: Apache-2.0
/**
 * What goes over the wire: generated messages, the metadata of a hop, the scanner that reads a
 * request's head without parsing its tensors.
 *
 * <p>Start reading at {@link io.rhizome.node.protocol.HopMetadata}. Depends on gRPC, protobuf and
 * the value types of {@code io.rhizome.gossip}.
 */
@NullMarked
package io.rhizome.node.protocol;

import org.jspecify.annotations.NullMarked;
