// SPDX-License-Identifier: Apache-2.0
/** The routers that {@code docs/routing.md} shows, found by {@link java.util.ServiceLoader}. */
@NullMarked
package io.rhizome.scheduler.examples;

import org.jspecify.annotations.NullMarked;
