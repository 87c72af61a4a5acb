// SPDX-License-Identifier: Apache-2.0
/**
 * The public gRPC port: the Open Inference Protocol, health, reflection, and {@code rhizome.v1} for
 * operators.
 *
 * <p>Start reading at {@link io.rhizome.node.api.grpc.ApiServer}. Nothing that a client sends here
 * as hop metadata is read: a client's request starts its way at this node.
 */
@NullMarked
package io.rhizome.node.api.grpc;

import org.jspecify.annotations.NullMarked;
