// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs.ignite;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * One node's part of a site's cluster.
 *
 * @param name what it claims with and is known as, for as long as its store lives: the node's id
 * @param directory what it keeps, made if need be
 * @param host the one address that it binds and is reached at
 * @param discoveryPort where it is found
 * @param dataPort where data comes
 * @param neighbours the site's other nodes that the mesh reaches now; any thread, does not block
 * @param tls proves this node's identity and checks the others'; null for plain text
 * @param forced whether each write is forced to disk; else a power cut of all nodes at once may
 *     cost the last moments, which are run again
 * @param gone how long a node must be gone until a site of three or more counts it no more
 */
public record SiteNode(
    String name,
    Path directory,
    String host,
    int discoveryPort,
    int dataPort,
    Supplier<Collection<Neighbour>> neighbours,
    @Nullable SSLContext tls,
    boolean forced,
    Duration gone) {}
