// SPDX-License-Identifier: Apache-2.0
/**
 * The benchmark of policy: faults on real processes, and checks of everything that was
 * acknowledged, or shown to anybody. Start reading at {@link
 * io.rhizome.it.bench.policy.PolicyBench}; {@link io.rhizome.it.bench.policy.Audit} says what must
 * hold after each part. May depend on the tests' mesh and on node/policy's values, not on its Raft.
 */
@NullMarked
package io.rhizome.it.bench.policy;

import org.jspecify.annotations.NullMarked;
