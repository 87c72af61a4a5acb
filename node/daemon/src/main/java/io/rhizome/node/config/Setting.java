// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.config;

/**
 * One value as it was written somewhere.
 *
 * @param text its text; entries of a list joined by commas
 * @param where the start of a complaint about it, such as {@code rhizome.yaml:7: }
 * @param list whether it was written as a YAML list
 */
record Setting(String text, String where, boolean list) {}
