// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

/**
 * A way to the holder.
 *
 * @param name of the way
 * @param port of loopback that clients call, plain text
 * @param pid of the process behind that port: the holder itself, or who forwards to it
 */
record Target(String name, int port, long pid) {}
