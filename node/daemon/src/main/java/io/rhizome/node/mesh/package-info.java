// SPDX-License-Identifier: Apache-2.0
/**
 * Talk between nodes over the mesh port: gRPC on mutual TLS, where the caller is its key.
 *
 * <p>Start reading at {@link io.rhizome.node.mesh.MeshServer} for what is offered to peers and at
 * {@link io.rhizome.node.mesh.MeshChannels} for how peers are reached.
 */
@NullMarked
package io.rhizome.node.mesh;

import org.jspecify.annotations.NullMarked;
