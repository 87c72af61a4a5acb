// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api;

import io.rhizome.node.access.Caller;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.node.serving.ModelNames.Target;
import io.rhizome.scheduler.Priority;
import io.rhizome.scheduler.Request;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a client may say of how its request is to be treated, in headers of the same names over gRPC
 * and HTTP.
 *
 * @param priority how urgent it is
 * @param affinity requests of one key go to one holder while that is well; empty for none
 */
public record Wishes(Priority priority, String affinity) {
  /**
   * The header that says how urgent a request is: {@code interactive}, {@code standard}, {@code
   * batch}.
   */
  public static final String CLASS = "rhizome-class";

  /** The header with the key of what belongs together, such as a session. */
  public static final String AFFINITY = "rhizome-affinity";

  private static final int MAX_AFFINITY = 128;

  /** Reads the two headers' values; null for one that is absent. */
  public static Wishes of(@Nullable String urgency, @Nullable String affinity)
      throws MalformedException {
    Priority priority = Priority.STANDARD;
    if (urgency != null) {
      priority =
          Priority.parse(urgency)
              .orElseThrow(
                  () ->
                      new MalformedException(
                          CLASS
                              + " must be one of "
                              + Arrays.stream(Priority.values()).map(Priority::text).toList()));
    }
    String key = affinity == null ? "" : affinity;
    if (key.length() > MAX_AFFINITY) {
      throw new MalformedException(
          AFFINITY + " has " + key.length() + " characters, more than " + MAX_AFFINITY);
    }
    return new Wishes(priority, key);
  }

  /** The request of that size that this caller sends for that model. */
  public Request request(Target target, int bytes, Caller caller) {
    return Request.entering(target.model(), target.version(), bytes)
        .withPriority(priority)
        .withClient(new Request.Client(caller.tenant(), caller.origin(), affinity));
  }
}
