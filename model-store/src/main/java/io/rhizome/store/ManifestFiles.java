// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The {@code manifests/} directory of a store: one JSON and one signature file per model. */
final class ManifestFiles {
  /** Larger than any manifest that is read back. */
  private static final int MAX_JSON_BYTES = 256 * 1024;

  private static final String JSON = ".json";
  private static final String SIGNATURE = ".sig";

  private final Path directory;

  ManifestFiles(Path directory) {
    this.directory = directory;
  }

  /**
   * What was found.
   *
   * @param manifests those that are sound, ordered by file name
   * @param complete false when any was skipped
   */
  record Loaded(List<SignedManifest> manifests, boolean complete) {}

  Loaded load(ManifestCodec codec, Consumer<String> warnings) throws IOException {
    NavigableSet<Path> files = new TreeSet<>();
    try (var entries = Files.newDirectoryStream(directory)) {
      entries.forEach(files::add);
    }
    List<SignedManifest> manifests = new ArrayList<>();
    boolean complete = true;
    for (Path file : files) {
      String name = String.valueOf(file.getFileName());
      if (name.endsWith(JSON)) {
        try {
          manifests.add(read(file, name.substring(0, name.length() - JSON.length()), codec));
        } catch (IllegalArgumentException | IOException e) {
          warnings.accept("skipped " + file + ": " + e.getMessage());
          complete = false;
        }
      } else if (isLeftover(file, name)) {
        Files.delete(file);
      }
    }
    return new Loaded(manifests, complete);
  }

  void write(SignedManifest manifest) throws IOException {
    byte[] signer = manifest.signer();
    byte[] signature = manifest.signature();
    byte[] both = Arrays.copyOf(signer, signer.length + signature.length);
    System.arraycopy(signature, 0, both, signer.length, signature.length);
    DurableFiles.replace(file(manifest.id(), SIGNATURE), both);
    DurableFiles.replace(file(manifest.id(), JSON), manifest.canonicalJson());
  }

  void delete(Digest id) throws IOException {
    DurableFiles.delete(file(id, JSON));
    DurableFiles.delete(file(id, SIGNATURE));
  }

  private static SignedManifest read(Path json, String id, ManifestCodec codec) throws IOException {
    Digest expected = Digest.parse(id);
    if (Files.size(json) > MAX_JSON_BYTES) {
      throw new IOException("a manifest has at most " + MAX_JSON_BYTES + " bytes");
    }
    byte[] content = Files.readAllBytes(json);
    Digest actual = Digest.sha256(content);
    if (!actual.equals(expected)) {
      throw new DamagedFileException("its digest is " + actual);
    }
    Path signatureFile = json.resolveSibling(id + SIGNATURE);
    if (!Files.exists(signatureFile)) {
      throw new IOException("its signature file " + signatureFile.getFileName() + " is missing");
    }
    int limit = SignedManifest.SIGNER_BYTES + SignedManifest.MAX_SIGNATURE_BYTES;
    byte[] both =
        Files.size(signatureFile) > limit ? new byte[0] : Files.readAllBytes(signatureFile);
    if (both.length <= SignedManifest.SIGNER_BYTES) {
      throw new DamagedFileException("its signature file has a wrong size");
    }
    return new SignedManifest(
        codec.parse(content),
        content,
        Arrays.copyOf(both, SignedManifest.SIGNER_BYTES),
        Arrays.copyOfRange(both, SignedManifest.SIGNER_BYTES, both.length));
  }

  /** A temporary file, or a signature whose JSON was never written or already deleted. */
  private static boolean isLeftover(Path file, String name) {
    if (name.endsWith(SIGNATURE)) {
      String json = name.substring(0, name.length() - SIGNATURE.length()) + JSON;
      return !Files.exists(file.resolveSibling(json));
    }
    return name.endsWith(".tmp");
  }

  private Path file(Digest id, String suffix) {
    return directory.resolve(id + suffix);
  }
}
