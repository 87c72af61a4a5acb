// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

/** The site's store as this node reaches it: another object after each time that it began anew. */
public interface JobStores {
  /**
   * The store as it is now; does not block. Any thread.
   *
   * @throws JobException {@code UNAVAILABLE} where there is none, with the reason
   */
  JobStore current() throws JobException;

  /** Whether the site has or had jobs, as far as this node knows. Any thread. */
  boolean isUsed();

  /** Whether it will open in a moment, for the first time since this node started. Any thread. */
  boolean isOpening();

  /** Opens the store, in the background, where that was not done before. Any thread. */
  void use();
}
