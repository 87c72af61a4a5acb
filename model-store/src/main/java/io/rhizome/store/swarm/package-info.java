// SPDX-License-Identifier: Apache-2.0
/**
 * How a file's chunks come from several peers at once. Start reading at {@link
 * io.rhizome.store.swarm.Download}. Pure: time, randomness, peers and answers are passed in.
 */
@NullMarked
package io.rhizome.store.swarm;

import org.jspecify.annotations.NullMarked;
