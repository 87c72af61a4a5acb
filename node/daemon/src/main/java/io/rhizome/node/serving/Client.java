// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

/**
 * For whom a request runs, as its entry node found out; nodes tell it to each other.
 *
 * @param tenant whose it is; empty for nobody's
 * @param origin the region that it comes from; empty where nobody knows
 */
public record Client(String tenant, String origin) {}
