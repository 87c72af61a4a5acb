// SPDX-License-Identifier: Apache-2.0
/**
 * Words for people and scripts: what they probably meant to write, messages as JSON. Depends on
 * nothing of the node.
 */
@NullMarked
package io.rhizome.node.text;

import org.jspecify.annotations.NullMarked;
