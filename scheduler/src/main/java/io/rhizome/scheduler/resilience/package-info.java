// SPDX-License-Identifier: Apache-2.0
/**
 * What keeps one node's trouble from becoming everybody's: how many attempts may be repeated, how
 * long one may take, and who is left out for a while. State machines that a node has one of each;
 * time comes in through the calls. Depends on the JDK and value types of gossip. Start with {@link
 * io.rhizome.scheduler.resilience.Budget}.
 */
@NullMarked
package io.rhizome.scheduler.resilience;

import org.jspecify.annotations.NullMarked;
