// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

/**
 * A time of trouble, on the {@link System#nanoTime()} scale.
 *
 * @param from just before the fault was set off
 * @param to when it was over, and the mesh as it was before
 */
record Spell(long from, long to) {}
