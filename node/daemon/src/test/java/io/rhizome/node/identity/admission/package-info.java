// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.rhizome.node.identity.admission;

import org.jspecify.annotations.NullMarked;
