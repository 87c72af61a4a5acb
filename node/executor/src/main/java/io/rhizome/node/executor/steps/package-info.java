// SPDX-License-Identifier: Apache-2.0
/**
 * The steps that a manifest may declare before and after its model, as pure functions: start
 * reading at {@link io.rhizome.node.executor.steps.Preprocess} (an encoded image to the elements of
 * an input) and {@link io.rhizome.node.executor.steps.Postprocess} (an output to classes). Depends
 * on the manifest's types and on the JDK's ImageIO, which appears in this package only.
 */
@NullMarked
package io.rhizome.node.executor.steps;

import org.jspecify.annotations.NullMarked;
