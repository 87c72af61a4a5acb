// SPDX-License-Identifier: Apache-2.0
/** Words for people: what they probably meant to write. Depends on nothing of the node. */
@NullMarked
package io.rhizome.node.text;

import org.jspecify.annotations.NullMarked;
