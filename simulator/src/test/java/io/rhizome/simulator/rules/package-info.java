// SPDX-License-Identifier: Apache-2.0
/** The rules that the layout of the code keeps. */
@NullMarked
package io.rhizome.simulator.rules;

import org.jspecify.annotations.NullMarked;
