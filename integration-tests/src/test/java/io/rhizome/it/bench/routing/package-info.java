// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.rhizome.it.bench.routing;

import org.jspecify.annotations.NullMarked;
