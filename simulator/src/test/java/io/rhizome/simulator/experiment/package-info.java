// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.rhizome.simulator.experiment;

import org.jspecify.annotations.NullMarked;
