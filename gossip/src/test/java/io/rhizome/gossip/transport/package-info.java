// SPDX-License-Identifier: Apache-2.0
/** Tests of the packet format, the seal and the driver. */
@NullMarked
package io.rhizome.gossip.transport;

import org.jspecify.annotations.NullMarked;
