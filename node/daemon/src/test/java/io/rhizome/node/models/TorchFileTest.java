// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchFileTest {
  private static final String TRACE = "torch.jit.trace(model.eval(), example).save(\"model.pt\")";

  @TempDir private Path directory;

  @Test
  void acceptsATorchScriptArchive() throws IOException {
    Path file =
        archive(
            "ts/data/0",
            "ts/data.pkl",
            "ts/code/__torch__/torch/nn/modules/linear.py",
            "ts/constants.pkl",
            "ts/version");

    assertThatCode(() -> TorchFile.check(file)).doesNotThrowAnyException();
  }

  @Test
  void refusesAStateDictWithTheLineThatConvertsIt() throws IOException {
    refuses(
        archive("sd/data.pkl", "sd/data/0", "sd/version"),
        "given.pt holds weights without code (a state_dict or a pickled checkpoint)",
        "model.load_state_dict(torch.load(\"given.pt\")); " + TRACE);
  }

  @Test
  void refusesALegacyPickle() throws IOException {
    refuses(file(0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc), "state_dict", TRACE);
  }

  @Test
  void refusesATorchExportArchiveOfEitherForm() throws IOException {
    String line =
        "torch.jit.trace(torch.export.load(\"given.pt\").module(), example).save(\"model.pt\")";
    refuses(
        archive("serialized_exported_program.json", "serialized_state_dict.pt", "version"),
        "torch.export archive",
        line);
    refuses(
        archive(
            "given/archive_format",
            "given/models/model.json",
            "given/data/weights/weight_0",
            "given/archive_version"),
        "torch.export archive",
        line);
  }

  @Test
  void refusesSafetensors() throws IOException {
    refuses(
        file(2, 0, 0, 0, 0, 0, 0, 0, '{', '}'),
        "(safetensors)",
        "model.load_state_dict(safetensors.torch.load_file(\"given.pt\")); " + TRACE);
  }

  @Test
  void refusesAnythingElseAndSaysWhatItSaw() throws IOException {
    refuses(file(8, 7, 0x12, 7, 'p', 'y'), "ONNX", TRACE);
    refuses(file('G', 'G', 'U', 'F', 3, 0), "GGUF", TRACE);
    refuses(file(), "empty", TRACE);
    refuses(file('h', 'e', 'l', 'l', 'o', 1), "'hello.'", TRACE);
    refuses(archive("arr_0.npy"), "ZIP archive with [arr_0.npy]", TRACE);
  }

  @Test
  void refusesADamagedArchive() throws IOException {
    Path file = archive("ts/data.pkl", "ts/constants.pkl");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));

    refuses(file, "damaged ZIP archive");
  }

  private static void refuses(Path file, String... words) {
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> TorchFile.check(file))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ModelException.Code.INVALID))
        .satisfies(e -> assertThat(e.getMessage()).contains(words).doesNotContain("\n"));
  }

  private Path file(int... content) throws IOException {
    byte[] bytes = new byte[content.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) content[i];
    }
    return Files.write(directory.resolve("given.pt"), bytes);
  }

  private Path archive(String... names) throws IOException {
    Path file = directory.resolve("given.pt");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write("content".getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    }
    return file;
  }
}
