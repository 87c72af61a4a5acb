// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.access;

/** What a call at a public port asks for. */
public enum Right {
  /** A prediction. */
  INFER("inference"),
  /** What models there are and what they take. */
  MODELS("descriptions of models"),
  /** Loading and unloading models, where the node allows that to clients at all. */
  CONTROL("loading and unloading models"),
  /** How this node and the mesh fare: status, lists, metrics. */
  OBSERVE("status, lists and metrics"),
  /** All of policy but its secrets. */
  READ_POLICY("reading policy");

  private final String text;

  Right(String text) {
    this.text = text;
  }

  /** For people. */
  @Override
  public String toString() {
    return text;
  }
}
