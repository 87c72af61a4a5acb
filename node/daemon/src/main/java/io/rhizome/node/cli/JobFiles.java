// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.google.protobuf.ByteString;
import io.rhizome.node.config.ConfigException;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelMetadataResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files whose bytes are items as they are, for a model that decodes them.
 *
 * @param model what takes them
 * @param files in the order of their names
 */
record JobFiles(ModelMetadataResponse model, List<Path> files) implements JobInput {
  JobFiles {
    files = List.copyOf(files);
  }

  /** The regular files of that directory. */
  static JobFiles in(Path directory, Supplier<ModelMetadataResponse> model) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      List<Path> files = entries.filter(Files::isRegularFile).sorted().toList();
      if (files.isEmpty()) {
        throw new ConfigException(directory + ": has no files");
      }
      return new JobFiles(model.get(), files);
    }
  }

  @Override
  public long bytes() throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    return bytes;
  }

  @Override
  public Items from(int first) throws IOException {
    if (first > files.size()) {
      throw new ConfigException(
          "the directory has %d files, but %d are at the node already: is it another input?"
              .formatted(files.size(), first));
    }
    long before = new JobFiles(model, files.subList(0, first)).bytes();
    return new Items() {
      private int at = first;
      private long read = before;

      @Override
      public @Nullable ModelInferRequest next() throws IOException {
        if (at == files.size()) {
          return null;
        }
        ByteString file = ByteString.copyFrom(Files.readAllBytes(files.get(at)));
        at++;
        read += file.size();
        return ImageRequest.of(model, List.of(file));
      }

      @Override
      public long bytesRead() {
        return read;
      }

      @Override
      public void close() {}
    };
  }
}
