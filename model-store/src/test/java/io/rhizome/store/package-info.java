// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.rhizome.store;

import org.jspecify.annotations.NullMarked;
