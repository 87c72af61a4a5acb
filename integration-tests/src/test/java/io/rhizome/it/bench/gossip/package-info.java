// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.rhizome.it.bench.gossip;

import org.jspecify.annotations.NullMarked;
