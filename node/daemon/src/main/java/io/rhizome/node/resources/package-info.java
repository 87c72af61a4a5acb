// SPDX-License-Identifier: Apache-2.0
/**
 * Resources as people write them: YAML documents of {@code kind}, {@code name} and {@code spec},
 * checked against the JSON Schemas under {@code /schemas}. Start reading at {@link
 * io.rhizome.node.resources.ResourceYaml}. Pure: depends on {@code policy} and {@code text} only.
 */
@NullMarked
package io.rhizome.node.resources;

import org.jspecify.annotations.NullMarked;
