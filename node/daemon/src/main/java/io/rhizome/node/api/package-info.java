// SPDX-License-Identifier: Apache-2.0
/**
 * What the public doors have in common: what the Open Inference Protocol and Triton's extensions
 * say of models, and what jobs are to a tenant. The doors themselves are the packages below.
 *
 * <p>Start reading at {@link io.rhizome.node.api.ServedModels}. Depends on {@code access}, {@code
 * jobs}, {@code models}, {@code serving}, {@code telemetry} and {@code protocol}.
 */
@NullMarked
package io.rhizome.node.api;

import org.jspecify.annotations.NullMarked;
