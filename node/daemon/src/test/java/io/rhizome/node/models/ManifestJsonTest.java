// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import io.rhizome.store.Step;
import io.rhizome.store.TensorSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ManifestJsonTest {
  private static final String JSON =
      "{\"engine\":\"pytorch\",\"files\":[{\"bytes\":3,\"name\":\"model.pt\",\"sha256\":\""
          + Digest.sha256(new byte[3])
          + "\"}],\"inputs\":[{\"datatype\":\"FP32\",\"name\":\"pixels\",\"shape\":[-1,1,8,8]}],"
          + "\"name\":\"digits\",\"outputs\":[{\"datatype\":\"FP32\",\"name\":\"logits\","
          + "\"shape\":[-1,10]}],\"parameters\":{},\"version\":7}";

  @Test
  void writesCanonicalJson() {
    assertThat(new String(ManifestJson.encode(manifest(new TreeMap<>())), StandardCharsets.UTF_8))
        .isEqualTo(JSON);
  }

  @Test
  void readsWhatItWrote() {
    SortedMap<String, String> parameters = new TreeMap<>();
    parameters.put("b", "quote \" backslash \\ slash / bell \u0007 escape \u001b tab \t");
    parameters.put("a\u20ac", "emoji \ud83d\ude00 and \u00fc and \u007f");
    Manifest manifest = manifest(parameters);

    assertThat(ManifestJson.parse(ManifestJson.encode(manifest))).isEqualTo(manifest);
  }

  @Test
  void readsAndWritesStepsAndLeavesThemOutWhereThereAreNone() {
    String steps =
        "\"postprocess\":[{\"arguments\":[],\"op\":\"softmax\"},"
            + "{\"arguments\":[\"1\"],\"op\":\"topk\"}],"
            + "\"preprocess\":[{\"arguments\":[\"gray\"],\"op\":\"decode\"}],\"version\"";
    String json = JSON.replace("\"version\"", steps);

    Manifest manifest = ManifestJson.parse(json.getBytes(StandardCharsets.UTF_8));

    assertThat(manifest.preprocess()).isEqualTo(Step.parseAll("decode(gray)"));
    assertThat(manifest.postprocess()).isEqualTo(Step.parseAll("softmax topk(1)"));
    assertThat(new String(ManifestJson.encode(manifest), StandardCharsets.UTF_8)).isEqualTo(json);
    refuses(json.replace("\"op\":\"softmax\"", "\"name\":\"softmax\""), "'name'", "'postprocess'");
    refuses(json.replace("[\"gray\"]", "\"gray\""), "'preprocess.arguments' must be a list");
    refuses(json.replace("\"decode\"", "\"Decode\""), "lower-case letters: 'Decode'");
    refuses(JSON.replace("\"version\"", "\"preprocess\":[],\"version\""), "canonical");
  }

  @Test
  void escapesAsTheStandardSays() {
    SortedMap<String, String> parameters = new TreeMap<>();
    parameters.put("k", "\u20ac$\u000f\nA'B\"\\\"/\ud83d\ude00");

    assertThat(new String(ManifestJson.encode(manifest(parameters)), StandardCharsets.UTF_8))
        .contains("\"k\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\"/\ud83d\ude00\"");
  }

  @Test
  void refusesAnUnknownFieldAndNamesTheNearest() {
    refuses(JSON.replace("\"engine\"", "\"engin\""), "'engin'", "'engine'");
    refuses(JSON.replace("\"sha256\"", "\"sha265\""), "'sha265'", "'sha256'", "'files'");
  }

  @Test
  void refusesAMissingFieldAndNamesIt() {
    refuses(JSON.replace(",\"version\":7", ""), "'version' is missing");
  }

  @Test
  void refusesWrongTypesAndNamesTheField() {
    refuses(JSON.replace(":7}", ":\"7\"}"), "'version' must be a whole number");
    refuses(JSON.replace(":7}", ":7.0}"), "'version' must be a whole number");
    refuses(JSON.replace("{},", "[],"), "'parameters' must be an object");
    refuses(JSON.replace("FP32", "FP3"), "'FP3'", "FP32");
    refuses(JSON.replace(":7}", ":0}"), "version must be at least 1");
    refuses(JSON.replace(":7}", ":9007199254740993}"), "'version'", "2^53");
  }

  @Test
  void refusesAnythingButTheCanonicalForm() {
    refuses(JSON + " ", "canonical");
    refuses(JSON.replace("digits", "d\\u0069gits"), "canonical");
    refuses(
        JSON.replace("{\"engine\":\"pytorch\",", "{").replace(":7}", ":7,\"engine\":\"pytorch\"}"),
        "canonical");
  }

  @Test
  void refusesWhatIsNotUnicode() {
    SortedMap<String, String> parameters = new TreeMap<>();
    parameters.put("k", "\ud83d");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ManifestJson.encode(manifest(parameters)))
        .withMessageContaining("surrogate");
  }

  @Test
  void refusesWhatIsNotJson() {
    refuses(JSON + "{}", "not JSON");
    refuses(JSON.replace("\"version\"", "\"name\":\"x\",\"version\""), "not JSON", "name");
    refuses("", "object");
    refuses("[".repeat(2_000), "not JSON");
  }

  @Test
  void refusesMoreThanItsBound() {
    refuses(" ".repeat(ManifestJson.MAX_BYTES + 1), "at most 262144 bytes");
  }

  private static void refuses(String json, String... words) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ManifestJson.parse(json.getBytes(StandardCharsets.UTF_8)))
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }

  private static Manifest manifest(SortedMap<String, String> parameters) {
    return new Manifest(
        "digits",
        7,
        "pytorch",
        List.of(new Manifest.File("model.pt", 3, Digest.sha256(new byte[3]))),
        List.of(TensorSpec.parse("pixels:FP32[-1,1,8,8]")),
        List.of(TensorSpec.parse("logits:FP32[-1,10]")),
        parameters);
  }
}
