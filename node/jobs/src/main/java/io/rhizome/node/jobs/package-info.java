// SPDX-License-Identifier: Apache-2.0
/**
 * Batch jobs of a site: accepted means done, each item's result kept once. Start reading at {@link
 * io.rhizome.node.jobs.Jobs}, what clients ask; {@link io.rhizome.node.jobs.SiteJobs} answers it
 * from two places. The {@link io.rhizome.node.jobs.Journal} has each job and its items, forced to
 * disk at a majority of the site's nodes before it is accepted; the {@link
 * io.rhizome.node.jobs.JobStore} says how far it is and keeps the results, and can be made anew
 * from the journals. {@link io.rhizome.node.jobs.JobRunner} claims slices of jobs ({@link
 * io.rhizome.node.jobs.SliceState}) and runs them where {@link io.rhizome.node.jobs.Conditions}
 * allow it; {@link io.rhizome.node.jobs.Upkeep} brings journal and store together after a node was
 * away. Ignite appears in {@code jobs.ignite} only.
 *
 * <p>An item may run more than once, as where the node that ran it died before it could say so; its
 * first result stands.
 */
@NullMarked
package io.rhizome.node.jobs;

import org.jspecify.annotations.NullMarked;
