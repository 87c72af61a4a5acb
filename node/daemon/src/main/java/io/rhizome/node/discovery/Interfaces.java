// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.discovery;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What addresses this machine has now. Any thread; does not block for long. */
public interface Interfaces {
  /** The address from which packets leave by the default route; null where there is none. */
  @Nullable InetAddress routed(boolean ipv6);

  /** All addresses of interfaces that are up, in a stable order. */
  List<InetAddress> all();
}
