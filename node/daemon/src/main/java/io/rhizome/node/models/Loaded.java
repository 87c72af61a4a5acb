// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;

/**
 * A model version that is loaded and warm here.
 *
 * @param id the manifest's digest, its name to the executor
 * @param manifest what it declares
 */
public record Loaded(Digest id, Manifest manifest) {}
