// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rhizome.v1.JobResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory with a file for each item of a job; those that failed lie in one of their own. */
final class ResultFiles {
  private final Path good;
  private final Path failed;
  private int goodCount;
  private int failedCount;

  /** Makes the directory where there is none. */
  ResultFiles(Path directory) throws IOException {
    this.good = Files.createDirectories(directory);
    this.failed = directory.resolve("failed");
  }

  /** The item's number, and its answer or error. */
  static ObjectNode json(JobResult result) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("item", result.getItem());
    if (result.hasError()) {
      return json.put("error", result.getError());
    }
    json.setAll(new InferResponseText(result.getAnswer()).json());
    return json;
  }

  void write(JobResult result) throws IOException {
    String name = "item-%06d.json".formatted(result.getItem());
    String text = json(result) + "\n";
    if (result.hasError()) {
      Files.writeString(Files.createDirectories(failed).resolve(name), text);
      failedCount++;
    } else {
      Files.writeString(good.resolve(name), text);
      // It may have failed when results were last written.
      Files.deleteIfExists(failed.resolve(name));
      goodCount++;
    }
  }

  String summary() {
    return "%d results in %s, %d failed items in %s"
        .formatted(goodCount, good, failedCount, failed);
  }
}
