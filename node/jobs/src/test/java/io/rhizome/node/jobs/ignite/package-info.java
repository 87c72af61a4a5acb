// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.rhizome.node.jobs.ignite;

import org.jspecify.annotations.NullMarked;
