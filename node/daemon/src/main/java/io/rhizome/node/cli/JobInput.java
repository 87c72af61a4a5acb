// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.config.ConfigException;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelMetadataResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a job is to run on. It can be read again from any item, as when a connection broke. */
interface JobInput extends AutoCloseable {
  /** How many bytes there are to read. */
  long bytes() throws IOException;

  /** Its items from that one on. */
  Items from(int first) throws IOException;

  /** Forgets what was copied. */
  @Override
  default void close() throws IOException {}

  /** Items in their order. */
  interface Items extends AutoCloseable {
    /** The next; null after the last. */
    @Nullable ModelInferRequest next() throws IOException;

    /** How many of the input's bytes lie before it. */
    long bytesRead();

    @Override
    void close() throws IOException;
  }

  /**
   * That input: a file of JSON lines, a directory, or {@code -} for JSON lines on standard input,
   * which are copied to a temporary file first.
   *
   * @param model describes the model, which files need
   */
  static JobInput of(String input, InputStream stdin, Supplier<ModelMetadataResponse> model)
      throws IOException {
    if (input.equals("-")) {
      Path copy = Files.createTempFile("rhizome-job-", ".jsonl");
      try {
        Files.copy(stdin, copy, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        Files.deleteIfExists(copy);
        throw e;
      }
      return new JobLines("standard input", copy, true);
    }
    Path path = Path.of(input);
    if (Files.isDirectory(path)) {
      return JobFiles.in(path, model);
    }
    if (!Files.isReadable(path)) {
      throw new ConfigException(input + ": no such file, or not readable");
    }
    return new JobLines(input, path, false);
  }
}
