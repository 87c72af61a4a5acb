// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import io.rhizome.node.protocol.inference.ModelInferRequest;

/**
 * A request's body, read.
 *
 * @param request the message that a gRPC client would have sent, without model name and version
 * @param outputs in which form the answer is wanted
 * @param timeoutMicros {@code parameters.timeout}, the request's time limit in microseconds; 0
 *     where none was given
 */
record InferBody(ModelInferRequest.Builder request, OutputForms outputs, long timeoutMicros) {}
