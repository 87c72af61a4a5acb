// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import io.rhizome.node.config.ConfigException;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file whose lines are requests of the Open Inference Protocol v2 as JSON; blank lines do not
 * count.
 *
 * @param name what people call it
 * @param temporary whether it is deleted when done with
 */
record JobLines(String name, Path path, boolean temporary) implements JobInput {
  private static final ObjectReader JSON =
      Json.MAPPER.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  @Override
  public long bytes() throws IOException {
    return Files.size(path);
  }

  @Override
  public Items from(int first) throws IOException {
    Lines lines = new Lines(Files.newBufferedReader(path, StandardCharsets.UTF_8));
    try {
      lines.skip(first);
    } catch (IOException | RuntimeException e) {
      lines.close();
      throw e;
    }
    return lines;
  }

  @Override
  public void close() throws IOException {
    if (temporary) {
      Files.deleteIfExists(path);
    }
  }

  private final class Lines implements Items {
    private final BufferedReader reader;
    private long number;
    private long read;

    Lines(BufferedReader reader) {
      this.reader = reader;
    }

    void skip(int items) throws IOException {
      for (int i = 0; i < items; i++) {
        if (line() == null) {
          throw new ConfigException(
              "%s: has %d items, but %d are at the node already: is it another input?"
                  .formatted(name, i, items));
        }
      }
    }

    private @Nullable String line() throws IOException {
      try {
        String line = reader.readLine();
        for (number++; line != null && line.isBlank(); number++) {
          read += line.length() + 1;
          line = reader.readLine();
        }
        read += line == null ? 0 : line.getBytes(StandardCharsets.UTF_8).length + 1;
        return line;
      } catch (CharacterCodingException e) {
        throw new ConfigException(name + ":" + (number + 1) + ": not a text in UTF-8", e);
      }
    }

    @Override
    public @Nullable ModelInferRequest next() throws IOException {
      String line = line();
      if (line == null) {
        return null;
      }
      try {
        return InferRequestJson.parse(JSON.readTree(line));
      } catch (JsonProcessingException e) {
        throw new ConfigException(
            "%s:%d:%d: no JSON: %s"
                .formatted(name, number, e.getLocation().getColumnNr(), e.getOriginalMessage()),
            e);
      } catch (IllegalArgumentException e) {
        throw new ConfigException(name + ":" + number + ": " + e.getMessage(), e);
      }
    }

    @Override
    public long bytesRead() {
      return read;
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
