// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.rhizome.node.serving;

import org.jspecify.annotations.NullMarked;
