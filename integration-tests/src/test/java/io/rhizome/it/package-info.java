// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of the harness itself, and ({@code *IT}) of meshes of real node processes. Start reading at
 * {@link io.rhizome.it.MeshIT}.
 */
@NullMarked
package io.rhizome.it;

import org.jspecify.annotations.NullMarked;
