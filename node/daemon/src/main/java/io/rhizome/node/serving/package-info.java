// SPDX-License-Identifier: Apache-2.0
/**
 * One request's way through this node: routed, run here or forwarded, retried, answered.
 *
 * <p>Start reading at {@link io.rhizome.node.serving.Serving}, which both doors (the public API and
 * the mesh's forward service) call; {@code Exchange} drives one request's {@link
 * io.rhizome.scheduler.Dispatch}. {@link io.rhizome.node.serving.View} makes the {@link
 * io.rhizome.scheduler.ClusterView} that routers see.
 */
@NullMarked
package io.rhizome.node.serving;

import org.jspecify.annotations.NullMarked;
