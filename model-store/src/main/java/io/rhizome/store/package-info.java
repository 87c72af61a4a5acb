// SPDX-License-Identifier: Apache-2.0
/**
 * What a model is and where its bytes lie: digests, manifests, signatures, the catalogue, the
 * store.
 *
 * <p>Start reading at {@link io.rhizome.store.Manifest}, then {@link io.rhizome.store.Catalogue},
 * what a node knows, and {@link io.rhizome.store.FileModelStore}, the driver that keeps it on disk.
 * Imports the JDK, JSpecify and the value types of {@code io.rhizome.gossip} only; reading and
 * writing JSON is the node's work.
 */
@NullMarked
package io.rhizome.store;

import org.jspecify.annotations.NullMarked;
