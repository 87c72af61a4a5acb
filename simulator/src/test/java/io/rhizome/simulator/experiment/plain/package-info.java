// SPDX-License-Identifier: Apache-2.0
/** Tests of plain SWIM. */
@NullMarked
package io.rhizome.simulator.experiment.plain;

import org.jspecify.annotations.NullMarked;
