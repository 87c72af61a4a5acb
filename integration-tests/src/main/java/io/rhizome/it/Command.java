// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One finished command.
 *
 * @param words the command and its arguments
 * @param exit its exit status
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
public record Command(List<String> words, int exit, String out, String err) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Runs a command in a directory until it ends. One that outlives the limit is killed with its
   * children, and {@link IllegalStateException} says what it had printed.
   */
  public static Command run(Path directory, Duration limit, List<String> words)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("rhizome-command", ".out");
    Path err = Files.createTempFile("rhizome-command", ".err");
    try {
      ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile());
      forgetSettings(builder);
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      process.getOutputStream().close();
      boolean ended = false;
      try {
        ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      } finally {
        if (!ended) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly().waitFor();
        }
      }
      Command command =
          new Command(
              List.copyOf(words),
              process.exitValue(),
              Files.readString(out),
              Files.readString(err));
      if (!ended) {
        throw new IllegalStateException("no end within " + limit + ": " + command.describe());
      }
      return command;
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /** Keeps the settings of whoever runs this from nodes and commands. */
  static void forgetSettings(ProcessBuilder builder) {
    builder.environment().keySet().removeIf(name -> name.startsWith("RHIZOME_"));
  }

  /** This command if it succeeded; {@link IllegalStateException} with all it printed otherwise. */
  public Command orThrow() {
    if (exit != 0) {
      throw new IllegalStateException(describe());
    }
    return this;
  }

  /** Standard output read as JSON; {@link IllegalStateException} if it is none. */
  public JsonNode json() {
    try {
      return JSON.readTree(out);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not JSON: " + describe(), e);
    }
  }

  private String describe() {
    return "'" + String.join(" ", words) + "' ended with " + exit + "\n" + out + err;
  }
}
