// SPDX-License-Identifier: Apache-2.0
/** Tests of what a node tells its operators. */
@NullMarked
package io.rhizome.node.telemetry;

import org.jspecify.annotations.NullMarked;
