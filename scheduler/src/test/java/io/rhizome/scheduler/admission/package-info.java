// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.rhizome.scheduler.admission;

import org.jspecify.annotations.NullMarked;
