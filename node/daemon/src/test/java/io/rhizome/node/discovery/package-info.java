// SPDX-License-Identifier: Apache-2.0
/** Tests of discovery, with made-up interfaces and multicast. */
@NullMarked
package io.rhizome.node.discovery;

import org.jspecify.annotations.NullMarked;
