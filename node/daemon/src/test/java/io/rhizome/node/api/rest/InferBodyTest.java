// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class InferBodyTest {
  private static final int MAX_BYTES = 1 << 20;

  @Test
  void readsNestedAndFlatDataAlike() throws Exception {
    ModelInferRequest nested = read(input("FP32", "[2,2]", "[[1,2],[3,4.5]]")).request().build();
    ModelInferRequest flat = read(input("FP32", "[2,2]", "[1,2,3,4.5]")).request().build();

    assertThat(nested).isEqualTo(flat);
    assertThat(nested.getInputs(0).getShapeList()).containsExactly(2L, 2L);
    assertThat(nested.getRawInputContents(0)).isEqualTo(floats(1, 2, 3, 4.5f));
  }

  @Test
  void readsDataThatComesBeforeItsDatatype() throws Exception {
    ModelInferRequest request =
        read("{\"inputs\":[{\"data\":[[7],[8]],\"name\":\"é\",\"shape\":[2],\"datatype\":\"INT16\"}]}")
            .request()
            .build();

    assertThat(request.getRawInputContents(0))
        .isEqualTo(ByteString.copyFrom(new byte[] {7, 0, 8, 0}));
  }

  @Test
  void readsEveryDatatypeWithAJsonFormAtItsEnds() throws Exception {
    assertThat(raw("BOOL", "true")).containsExactly(1);
    assertThat(raw("INT8", "-128")).containsExactly(-128);
    assertThat(raw("UINT8", "255")).containsExactly(-1);
    assertThat(raw("UINT16", "65535")).containsExactly(-1, -1);
    assertThat(raw("INT32", "-2147483648")).containsExactly(0, 0, 0, -128);
    assertThat(raw("UINT32", "4294967295")).containsExactly(-1, -1, -1, -1);
    assertThat(raw("INT64", "-1")).containsExactly(-1, -1, -1, -1, -1, -1, -1, -1);
    assertThat(raw("UINT64", "18446744073709551615"))
        .containsExactly(-1, -1, -1, -1, -1, -1, -1, -1);
    assertThat(raw("FP64", "2")).containsExactly(0, 0, 0, 0, 0, 0, 0, 64);
    assertThat(raw("BYTES", "\"ab\"")).containsExactly(2, 0, 0, 0, 97, 98);
  }

  @Test
  void namesTheFieldOfEveryComplaint() {
    assertComplaint("", "the request's JSON");
    assertComplaint("[]", "the request's JSON must be an object");
    assertComplaint("{\"inputs\":[}", "malformed");
    assertComplaint("{}", "inputs is missing");
    assertComplaint("{\"id\":7}", "id must be a string");
    assertComplaint(input("FP99", "[1]", "[1]"), "inputs[0].datatype", "FP99");
    assertComplaint(input("FP16", "[1]", "[1]"), "inputs[0].data", "no JSON form");
    assertComplaint(input("FP32", "[2]", "[1]"), "inputs[0].data has 1 elements");
    assertComplaint(input("FP32", "[-1]", "[1]"), "inputs[0].shape");
    assertComplaint(input("FP32", "[1]", "[\"x\"]"), "inputs[0].data[0]", "'x'");
    assertComplaint(input("FP32", "[1]", "[1e99]"), "inputs[0].data[0]");
    assertComplaint(input("INT8", "[1]", "[128]"), "inputs[0].data[0]", "-128 to 127");
    assertComplaint(input("INT8", "[1]", "7"), "inputs[0].data must be a list");
    assertComplaint("{\"inputs\":[{\"name\":\"x\"}]}", "inputs[0].datatype is missing");
    assertComplaint("{\"parameters\":{\"timeout\":-1}}", "parameters.timeout");
    assertComplaint("{\"parameters\":{\"a\":[]}}", "parameters.a");
  }

  @Test
  void takesBinaryTensorsInTheOrderOfTheInputs() throws Exception {
    String json =
        "{\"parameters\":{\"binary_data_output\":true,\"timeout\":1500},"
            + "\"inputs\":["
            + binary("a", 1)
            + ","
            + binary("b", 2)
            + "],\"outputs\":[{\"name\":\"y\",\"parameters\":{\"binary_data\":false}}]}";

    InferBody body = read(json, 1, 2, 3);

    assertThat(body.request().getRawInputContents(0).toByteArray()).containsExactly(1);
    assertThat(body.request().getRawInputContents(1).toByteArray()).containsExactly(2, 3);
    assertThat(body.outputs().binary("x")).isTrue();
    assertThat(body.outputs().binary("y")).isFalse();
    assertThat(body.timeoutMicros()).isEqualTo(1500);
  }

  @Test
  void refusesBinarySizesThatDoNotFitTheBody() {
    String one = "{\"inputs\":[" + binary("a", 2) + "]}";
    assertThatThrownBy(() -> read(one, 1)).hasMessageContaining("inputs[0].parameters.binary_data");
    assertThatThrownBy(() -> read(one, 1, 2, 3)).hasMessageContaining("binary_data_size");
  }

  @Test
  void refusesDataThatGrowsBeyondTheLimit() {
    String many = "[" + "1,".repeat(100) + "1]";
    byte[] large = input("FP64", "[101]", many).getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> InferRequestReader.read(large, large.length, 512))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("inputs[0].data");
  }

  @Test
  void writesOutputsAsJsonOrBinaryAsAsked() throws Exception {
    ModelInferResponse response =
        ModelInferResponse.newBuilder()
            .setModelName("m")
            .setModelVersion("3")
            .addOutputs(output("a"))
            .addOutputs(output("b"))
            .addRawOutputContents(floats(0.5f))
            .addRawOutputContents(floats(2))
            .build();
    TreeMap<String, Boolean> byName = new TreeMap<>();
    byName.put("b", true);

    InferResponseWriter.Body body =
        InferResponseWriter.write(response, new OutputForms(false, byName));

    assertThat(new String(body.bytes(), 0, body.jsonBytes(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"model_name\":\"m\",\"model_version\":\"3\",\"outputs\":["
                + "{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[0.5]},"
                + "{\"name\":\"b\",\"datatype\":\"FP32\",\"shape\":[1],"
                + "\"parameters\":{\"binary_data_size\":4}}]}");
    assertThat(ByteString.copyFrom(body.bytes()).substring(body.jsonBytes())).isEqualTo(floats(2));
  }

  private static ModelInferResponse.InferOutputTensor output(String name) {
    return ModelInferResponse.InferOutputTensor.newBuilder()
        .setName(name)
        .setDatatype("FP32")
        .addShape(1)
        .build();
  }

  private static byte[] raw(String datatype, String value) throws Exception {
    return read(input(datatype, "[1]", "[" + value + "]"))
        .request()
        .getRawInputContents(0)
        .toByteArray();
  }

  private static void assertComplaint(String json, String... words) {
    assertThatThrownBy(() -> read(json))
        .as(json)
        .isInstanceOf(MalformedException.class)
        .hasMessageContainingAll(words);
  }

  private static String input(String datatype, String shape, String data) {
    return "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"%s\",\"shape\":%s,\"data\":%s}]}"
        .formatted(datatype, shape, data);
  }

  private static String binary(String name, int bytes) {
    return "{\"name\":\"%s\",\"datatype\":\"UINT8\",\"shape\":[%d],\"parameters\":{\"binary_data_size\":%d}}"
        .formatted(name, bytes, bytes);
  }

  private static InferBody read(String json, int... binary) throws Exception {
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    ByteBuffer body = ByteBuffer.allocate(text.length + binary.length).put(text);
    for (int b : binary) {
      body.put((byte) b);
    }
    return InferRequestReader.read(body.array(), text.length, MAX_BYTES);
  }

  private static ByteString floats(float... values) {
    ByteBuffer raw =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      raw.putFloat(value);
    }
    return ByteString.copyFrom(raw.flip());
  }
}
