// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

/**
 * A resource as it is now. Immutable.
 *
 * @param key what it is called
 * @param version the policy version that last changed it, at least 1
 * @param body its content, JSON text
 * @param author who last changed it, as {@link Proof#author} names them
 * @param stampMillis the leader's wall clock then, Unix milliseconds: for people, never for
 *     decisions
 */
public record Resource(
    ResourceKey key, long version, String body, String author, long stampMillis) {}
