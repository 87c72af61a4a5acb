// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Tells TorchScript archives, which the engine runs, from the other files that PyTorch and its
 * neighbours write, and says how to convert those. Looks at the first bytes and at the names in the
 * archive; runs nothing. Blocks on disk; any thread.
 */
public final class TorchFile {
  private static final int HEAD_BYTES = 16;
  private static final int MAX_LISTED = 4;
  private static final String TRACE = "torch.jit.trace(model.eval(), example).save(\"model.pt\")";

  private TorchFile() {}

  /** Returns if that is a TorchScript archive; {@code INVALID} says in one line what else it is. */
  public static void check(Path file) throws ModelException {
    try {
      String objection = objection(file);
      if (objection != null) {
        throw new ModelException(ModelException.Code.INVALID, file.getFileName() + " " + objection);
      }
    } catch (IOException e) {
      throw new ModelException(
          ModelException.Code.STORAGE, "cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static @Nullable String objection(Path file) throws IOException {
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(HEAD_BYTES);
    }
    if (startsWith(head, 'P', 'K', 3, 4)) {
      return archiveObjection(file);
    }
    String name = file.getFileName() + "";
    if (head.length > 1 && (head[0] & 0xff) == 0x80 && head[1] >= 2 && head[1] <= 5) {
      return weightsObjection(name);
    }
    if (isSafetensors(head, Files.size(file))) {
      return ("holds weights without code (safetensors). Convert it: "
              + "model.load_state_dict(safetensors.torch.load_file(\"%s\")); %s")
          .formatted(name, TRACE);
    }
    String seen = "a file that begins with " + printable(head);
    if (head.length == 0) {
      seen = "empty";
    } else if (head.length > 2 && head[0] == 8 && head[1] > 0 && head[1] < 32 && head[2] == 0x12) {
      seen = "probably an ONNX model";
    } else if (startsWith(head, 'G', 'G', 'U', 'F')) {
      seen = "a GGUF model";
    } else if (startsWith(head, 0x89, 'H', 'D', 'F')) {
      seen = "an HDF5 file, such as Keras writes";
    }
    return "is not TorchScript but " + seen + ". Export the PyTorch model instead: " + TRACE;
  }

  private static @Nullable String archiveObjection(Path file) throws IOException {
    List<String> names;
    try (ZipFile zip = new ZipFile(file.toFile())) {
      names = zip.stream().map(entry -> entry.getName()).toList();
    } catch (ZipException e) {
      return "is a damaged ZIP archive (" + e.getMessage() + "); copy or export it again";
    }
    if (has(names, "constants.pkl") && has(names, "data.pkl")) {
      return null;
    }
    String name = file.getFileName() + "";
    // torch.export.save: 2.1 to 2.6 write the program at the top, 2.7 and later a PT2 archive.
    if (has(names, "serialized_exported_program.json")
        || has(names, "archive_format")
        || names.stream().anyMatch(n -> n.contains("models/") && n.endsWith(".json"))) {
      return ("is a torch.export archive, not TorchScript. Convert it: "
              + "torch.jit.trace(torch.export.load(\"%s\").module(), example).save(\"model.pt\")")
          .formatted(name);
    }
    if (has(names, "data.pkl")) {
      return weightsObjection(name);
    }
    return "is not TorchScript but a ZIP archive with "
        + (names.isEmpty() ? "nothing in it" : names.subList(0, Math.min(MAX_LISTED, names.size())))
        + ". Export the PyTorch model instead: "
        + TRACE;
  }

  private static String weightsObjection(String name) {
    return ("holds weights without code (a state_dict or a pickled checkpoint). Convert it: "
            + "model.load_state_dict(torch.load(\"%s\")); %s")
        .formatted(name, TRACE);
  }

  /** Whether the archive has that file, at its top or in its one root folder. */
  private static boolean has(List<String> names, String wanted) {
    return names.stream()
        .anyMatch(
            name -> name.equals(wanted) || name.substring(name.indexOf('/') + 1).equals(wanted));
  }

  private static boolean isSafetensors(byte[] head, long fileBytes) {
    if (head.length < 9 || head[8] != '{') {
      return false;
    }
    long header = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return header > 1 && header <= fileBytes - 8;
  }

  private static boolean startsWith(byte[] head, int... magic) {
    if (head.length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((head[i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  private static String printable(byte[] head) {
    String text = new String(head, StandardCharsets.ISO_8859_1);
    return "'" + text.replaceAll("[^\\x20-\\x7e]", ".") + "'";
  }
}
