// SPDX-License-Identifier: Apache-2.0
/** Tests of the state machines, by stepping time. */
@NullMarked
package io.rhizome.gossip;

import org.jspecify.annotations.NullMarked;
