// SPDX-License-Identifier: Apache-2.0
/** Tests of the download's decisions. */
@NullMarked
package io.rhizome.store.swarm;

import org.jspecify.annotations.NullMarked;
