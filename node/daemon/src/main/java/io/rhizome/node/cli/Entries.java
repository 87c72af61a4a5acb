// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.config.ConfigException;
import io.rhizome.node.identity.admission.AdmissionKind;
import io.rhizome.node.identity.admission.EntryBody;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.text.Nearest;
import java.util.List;

/** Nodes and operators as policy has them. */
final class Entries {
  private Entries() {}

  static String name(Resource entry) {
    return EntryBody.parse(entry.key(), entry.body()).name();
  }

  /** The one of that name or id; {@link ConfigException} names the nearest otherwise. */
  static Resource find(PolicyView view, AdmissionKind kind, String text) {
    List<Resource> all = List.copyOf(view.snapshot().list(kind.text()).values());
    return all.stream()
        .filter(entry -> name(entry).equals(text) || entry.key().name().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigException(
                    "no %s '%s' is admitted%s"
                        .formatted(
                            kind == AdmissionKind.NODE ? "node" : "operator",
                            text,
                            Nearest.suggestion(
                                "", text, all.stream().map(Entries::name).toList()))));
  }
}
