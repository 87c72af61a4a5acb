// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.rhizome.scheduler.resilience;

import org.jspecify.annotations.NullMarked;
