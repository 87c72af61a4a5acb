// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.config.ConfigException;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.resources.ResourceDocument;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * One document beside what policy has.
 *
 * @param document as written
 * @param old as it is in policy
 */
record Staged(ResourceDocument document, Optional<Resource> old) {
  /** What applying it does. */
  enum Effect {
    CREATED,
    CHANGED,
    UNCHANGED;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Compares; {@link ConfigException} where the document was written upon another version. */
  static Staged of(ResourceDocument document, PolicyView policy) {
    Optional<Resource> old = policy.find(document.key());
    long found = policy.version(document.key());
    long expected = document.version().orElse(found);
    if (expected != found) {
      throw new ConfigException(
          document.where()
              + document.key()
              + ": expected version "
              + expected
              + old.map(now -> ", found " + found + ", by " + now.author() + " at " + when(now))
                  .orElse(", but it does not exist")
              + "; look with: rhizome get "
              + document.key()
              + " -o yaml");
    }
    return new Staged(document, old);
  }

  private static Instant when(Resource resource) {
    return Instant.ofEpochMilli(resource.stampMillis());
  }

  Effect effect() {
    if (old.isEmpty()) {
      return Effect.CREATED;
    }
    return old.get().body().equals(document.body()) ? Effect.UNCHANGED : Effect.CHANGED;
  }

  Change change() {
    return Change.put(
        document.key(), document.body(), old.map(Resource::version).orElse(Change.ABSENT));
  }
}
