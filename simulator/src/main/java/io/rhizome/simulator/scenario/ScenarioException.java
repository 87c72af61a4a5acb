// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.scenario;

/** A scenario that cannot be run; the message names the file, the line, the field and the cure. */
public final class ScenarioException extends Exception {
  private static final long serialVersionUID = 1L;

  ScenarioException(String message) {
    super(message);
  }
}
