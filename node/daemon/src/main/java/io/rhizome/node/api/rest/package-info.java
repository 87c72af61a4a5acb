// SPDX-License-Identifier: Apache-2.0
/**
 * The public HTTP port: the Open Inference Protocol over REST with Triton's extensions.
 *
 * <p>Start reading at {@link io.rhizome.node.api.rest.RestServer}. A request becomes the very
 * message that a gRPC client would have sent and takes the same road through {@code serving}; only
 * this package knows its JSON and binary forms.
 */
@NullMarked
package io.rhizome.node.api.rest;

import org.jspecify.annotations.NullMarked;
