// SPDX-License-Identifier: Apache-2.0
/** Tests of the coordinates, with matrices of round trips made up from a seed. */
@NullMarked
package io.rhizome.gossip.coordinate;

import org.jspecify.annotations.NullMarked;
