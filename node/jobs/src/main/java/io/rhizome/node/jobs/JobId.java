// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.util.regex.Pattern;

/**
 * What names a job on all sites. Clients make it, so that a submission that is sent again is the
 * same job.
 *
 * @param text 1 to {@value #MAX_CHARS} letters, digits, dots, dashes and underscores, the first a
 *     letter or digit
 */
public record JobId(String text) implements Comparable<JobId> {
  /** Longest. */
  public static final int MAX_CHARS = 64;

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  public JobId {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "job id '"
              + text
              + "': 1 to "
              + MAX_CHARS
              + " letters, digits, '.', '-' and '_', the first a letter or digit");
    }
  }

  @Override
  public int compareTo(JobId other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
