// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.ResourceKey;
import java.util.Arrays;
import java.util.Optional;

/** Kinds of policy that say who belongs. None of them is applied from files. */
public enum AdmissionKind {
  /** An admitted node, named by its id. */
  NODE("Node"),
  /** An operator, named by its id. */
  OPERATOR("Operator"),
  /** What lets nodes join, named by its id. */
  TOKEN("Token"),
  /** A key that belonged once and never shall again, named by its id. */
  REVOKED("Revoked"),
  /** The secret that seals gossip; there is one. */
  MESH_KEY("MeshKey"),
  /** How the mesh began; there is one, and it never changes. */
  FOUNDING("Founding");

  /** The name of what there is one of. */
  static final String ONLY = "mesh";

  private final String text;

  AdmissionKind(String text) {
    this.text = text;
  }

  /** As policy writes it. */
  public String text() {
    return text;
  }

  /** The kind that is written so. */
  public static Optional<AdmissionKind> of(String text) {
    return Arrays.stream(values()).filter(kind -> kind.text.equals(text)).findFirst();
  }

  /** The resource of that name. */
  public ResourceKey key(String name) {
    return new ResourceKey(text, name);
  }

  /** The resource of that node or operator. */
  public ResourceKey key(NodeId id) {
    return key(id.toString());
  }

  /** The one resource of a kind that there is one of. */
  public ResourceKey only() {
    return key(ONLY);
  }
}
