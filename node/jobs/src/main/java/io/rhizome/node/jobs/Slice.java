// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

/**
 * Some items of a job, one after the other, that one node claims together.
 *
 * @param job whose
 * @param number among the job's slices, from 0
 * @param first item, from 0
 * @param count of items, at least 1
 */
public record Slice(JobId job, int number, int first, int count) {}
