// SPDX-License-Identifier: Apache-2.0
/**
 * This node's part in its site's jobs: start reading at {@link io.rhizome.node.site.SiteParts},
 * which makes the parts; {@link io.rhizome.node.site.ServingItems} runs items as any client would.
 */
@NullMarked
package io.rhizome.node.site;

import org.jspecify.annotations.NullMarked;
