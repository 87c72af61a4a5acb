// SPDX-License-Identifier: Apache-2.0
/**
 * The models of one node: how they come in, are checked, kept, loaded and given up.
 *
 * <p>Start reading at {@link io.rhizome.node.models.Models}, the driver; {@code Fetch} gets a model
 * from its holders through the port {@link io.rhizome.node.models.ModelSource}. {@link
 * io.rhizome.node.models.ManifestJson} and {@link io.rhizome.node.models.TorchFile} stand alone and
 * serve the command line as well. Knows no gRPC.
 */
@NullMarked
package io.rhizome.node.models;

import org.jspecify.annotations.NullMarked;
