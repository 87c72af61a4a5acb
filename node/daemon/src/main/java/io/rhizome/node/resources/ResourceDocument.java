// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.resources;

import io.rhizome.node.policy.ResourceKey;
import java.util.OptionalLong;

/**
 * One document that follows its schema. Immutable.
 *
 * @param where the start of a complaint about it, {@code file:line: }
 * @param key what it declares
 * @param version the policy version that it was written upon, where it says
 * @param body its spec as canonical JSON
 */
public record ResourceDocument(String where, ResourceKey key, OptionalLong version, String body) {}
