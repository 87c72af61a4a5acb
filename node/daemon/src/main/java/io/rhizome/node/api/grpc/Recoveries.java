// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.grpc;

import io.rhizome.node.policy.EpochStatement;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How often policy was recovered, and how it is.
 *
 * @param current the newest epoch that this node knows
 * @param recover makes this node go on alone; the version that it begins with
 */
public record Recoveries(
    Supplier<Optional<EpochStatement>> current,
    Function<EpochStatement, CompletionStage<Long>> recover) {}
