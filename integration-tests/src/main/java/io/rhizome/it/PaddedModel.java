// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript model as large as one likes that still runs: a real one with random bytes beside
 * its code, as an extra file of its archive.
 */
public final class PaddedModel {
  private PaddedModel() {}

  /** Copies a model and adds that many bytes, which the random generator alone decides. */
  public static void write(Path model, Path target, int paddingBytes, Random random)
      throws IOException {
    byte[] padding = new byte[paddingBytes];
    random.nextBytes(padding);
    try (ZipFile in = new ZipFile(model.toFile());
        OutputStream file = Files.newOutputStream(target);
        ZipOutputStream out = new ZipOutputStream(file)) {
      String root = "";
      for (ZipEntry entry : in.stream().toList()) {
        root = entry.getName().substring(0, entry.getName().indexOf('/') + 1);
        try (var content = in.getInputStream(entry)) {
          add(out, entry.getName(), content.readAllBytes());
        }
      }
      add(out, root + "extra/padding", padding);
    }
  }

  /** Uncompressed, as TorchScript wants it. */
  private static void add(ZipOutputStream out, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    out.putNextEntry(entry);
    out.write(content);
    out.closeEntry();
  }
}
