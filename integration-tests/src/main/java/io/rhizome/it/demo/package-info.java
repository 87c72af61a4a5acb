// SPDX-License-Identifier: Apache-2.0
/**
 * The demonstration: five nodes, real digits, a kill -9 and a return. Start reading at {@link
 * io.rhizome.it.demo.Demo}.
 */
@NullMarked
package io.rhizome.it.demo;

import org.jspecify.annotations.NullMarked;
