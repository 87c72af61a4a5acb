// SPDX-License-Identifier: Apache-2.0
/**
 * By which address others reach this machine, and which nodes there are on its network without
 * anyone having named them.
 *
 * <p>Start reading at {@link io.rhizome.node.discovery.OwnAddress}, then {@link
 * io.rhizome.node.discovery.LanDiscovery}. Nothing found here is trusted: it only says where to
 * send sealed packets, which others cannot read or answer. Depends on gossip's value types and
 * JmDNS.
 */
@NullMarked
package io.rhizome.node.discovery;

import org.jspecify.annotations.NullMarked;
