// SPDX-License-Identifier: Apache-2.0
/** Tests of what the benchmark of policy decides by. */
@NullMarked
package io.rhizome.it.bench.policy;

import org.jspecify.annotations.NullMarked;
