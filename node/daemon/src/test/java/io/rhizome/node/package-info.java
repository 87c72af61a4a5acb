// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.rhizome.node;

import org.jspecify.annotations.NullMarked;
