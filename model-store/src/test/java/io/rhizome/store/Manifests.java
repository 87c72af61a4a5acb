// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Manifests for tests, written as {@code name version [file bytes digest]...} instead of JSON. */
final class Manifests {
  private static final List<TensorSpec> TENSORS =
      List.of(new TensorSpec("x", Datatype.FP32, List.of(-1L)));

  private Manifests() {}

  static Manifest.File file(String name, byte[] content) {
    return new Manifest.File(name, content.length, Digest.sha256(content));
  }

  static SignedManifest signed(String name, long version, Manifest.File... files) {
    StringBuilder text = new StringBuilder(name).append(' ').append(version);
    for (Manifest.File file : files) {
      text.append(' ').append(file.name()).append(' ').append(file.bytes());
      text.append(' ').append(file.digest());
    }
    byte[] encoded = text.toString().getBytes(StandardCharsets.UTF_8);
    return new SignedManifest(parse(encoded), encoded, new byte[32], new byte[] {1, 2, 3});
  }

  static Manifest parse(byte[] encoded) {
    List<String> words = List.of(new String(encoded, StandardCharsets.UTF_8).split(" ", -1));
    List<Manifest.File> files = new ArrayList<>();
    for (int i = 2; i < words.size(); i += 3) {
      files.add(
          new Manifest.File(
              words.get(i), Long.parseLong(words.get(i + 1)), Digest.parse(words.get(i + 2))));
    }
    return new Manifest(
        words.get(0),
        Long.parseLong(words.get(1)),
        "echo",
        files,
        TENSORS,
        TENSORS,
        new TreeMap<>());
  }
}
