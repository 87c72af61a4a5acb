// SPDX-License-Identifier: Apache-2.0
/** Tests of who may do what at the public ports, and policy for other tests. */
@NullMarked
package io.rhizome.node.access;

import org.jspecify.annotations.NullMarked;
