// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import java.nio.file.Path;

/**
 * Where one file of a model lies in a store.
 *
 * @param blob its content
 * @param index its chunk index
 */
record BlobPaths(Path blob, Path index) {}
