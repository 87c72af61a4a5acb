// SPDX-License-Identifier: Apache-2.0
/**
 * Jobs of a site on one embedded Apache Ignite cluster. Start reading at {@link
 * io.rhizome.node.jobs.ignite.IgniteJobStore}; {@link io.rhizome.node.jobs.ignite.SiteSettings}
 * says how each node's part is set up and why.
 */
@NullMarked
package io.rhizome.node.jobs.ignite;

import org.jspecify.annotations.NullMarked;
