// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.rhizome.node.executor.steps;

import org.jspecify.annotations.NullMarked;
