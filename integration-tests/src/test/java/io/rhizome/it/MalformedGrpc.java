// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import com.google.protobuf.ByteString;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferRequest.InferInputTensor;
import io.rhizome.node.protocol.inference.ModelInferRequest.InferRequestedOutputTensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Makes encoded {@code ModelInferRequest}s for digits that are each wrong in one way. */
final class MalformedGrpc {
  private static final String[] ANYWHERE = {
    "ModelInferRequest", "model", "input", "raw_input_contents"
  };
  private static final int END_OF_GROUP_1 = 12;

  private final RandomGenerator random;
  private final ModelInferRequest raw;
  private final ModelInferRequest typed;
  private final List<Function<ModelInferRequest.Builder, Request>> ways =
      List.of(
          this::cutOff,
          this::withAFlippedBit,
          this::withAStrayTag,
          this::withAWrongModel,
          this::withAWrongName,
          this::withAWrongDatatype,
          this::withAWrongShape,
          this::withAWrongSize,
          this::withWrongRawEntries,
          this::withWrongTypedContents,
          this::withAnUnknownOutput,
          this::withWrongInputs);

  /**
   * One request.
   *
   * @param kind how it is wrong
   * @param names at least one of these is in the complaint
   */
  @SuppressWarnings("ArrayRecordComponent") // Sent once; never compared.
  record Request(String kind, byte[] message, List<String> names) {
    private static Request of(String kind, ModelInferRequest.Builder message, String... names) {
      return new Request(kind, message.build().toByteArray(), List.of(names));
    }
  }

  MalformedGrpc(RandomGenerator random, ModelInferRequest raw, ModelInferRequest typed) {
    this.random = random;
    this.raw = raw;
    this.typed = typed;
  }

  Request next() {
    return ways.get(random.nextInt(ways.size())).apply(raw.toBuilder());
  }

  private Request cutOff(ModelInferRequest.Builder request) {
    byte[] whole = request.build().toByteArray();
    byte[] cut = Arrays.copyOf(whole, random.nextInt(whole.length));
    return new Request("cut off", cut, List.of(ANYWHERE));
  }

  /** Before the pixels: every value of those is a good one. */
  private Request withAFlippedBit(ModelInferRequest.Builder request) {
    byte[] whole = request.build().toByteArray();
    int at = random.nextInt(whole.length - raw.getRawInputContents(0).size());
    whole[at] ^= (byte) (1 << random.nextInt(8));
    return new Request("bit flipped at " + at, whole, List.of(ANYWHERE));
  }

  private Request withAStrayTag(ModelInferRequest.Builder request) {
    ByteString stray = ByteString.copyFrom(new byte[] {END_OF_GROUP_1});
    byte[] whole = request.build().toByteString().concat(stray).toByteArray();
    return new Request("stray tag", whole, List.of("ModelInferRequest"));
  }

  private Request withAWrongModel(ModelInferRequest.Builder request) {
    return switch (random.nextInt(4)) {
      case 0 -> Request.of("no model", request.clearModelName(), "model_name");
      case 1 -> Request.of("long model", request.setModelName(word(65)), "model_name");
      case 2 -> Request.of("unknown model", request.setModelName(word(9)), "model");
      default -> Request.of("wrong version", request.setModelVersion(word(5)), "model_version");
    };
  }

  private Request withAWrongName(ModelInferRequest.Builder request) {
    request.getInputsBuilder(0).setName(random.nextInt(5) == 0 ? "" : word(12));
    return Request.of("input name", request, "unknown input");
  }

  private Request withAWrongDatatype(ModelInferRequest.Builder request) {
    String datatype = pick("FP64", "INT8", "BYTES", "BF16", "", "FP33", "fp32");
    request.getInputsBuilder(0).setDatatype(datatype);
    return Request.of("datatype " + datatype, request, "input 'pixels'");
  }

  private Request withAWrongShape(ModelInferRequest.Builder request) {
    InferInputTensor.Builder input = request.getInputsBuilder(0).clearShape();
    for (int i = random.nextInt(7); i > 0; i--) {
      input.addShape(random.nextBoolean() ? random.nextLong() : random.nextInt(-3, 9));
    }
    if (input.getShapeList().equals(List.of(1L, 1L, 8L, 8L))) {
      input.addShape(1);
    }
    return Request.of("shape " + input.getShapeList(), request, "input 'pixels'");
  }

  private Request withAWrongSize(ModelInferRequest.Builder request) {
    int bytes = random.nextInt(600);
    request.setRawInputContents(0, ByteString.copyFrom(new byte[bytes == 256 ? 0 : bytes]));
    return Request.of(bytes + " bytes", request, "input 'pixels'");
  }

  private Request withWrongRawEntries(ModelInferRequest.Builder request) {
    if (random.nextBoolean()) {
      request.getInputsBuilder(0).getContentsBuilder().addFp32Contents(1);
      return Request.of("raw and typed", request, "raw_input_contents");
    }
    for (int i = random.nextInt(1, 9); i > 0; i--) {
      request.addRawInputContents(ByteString.copyFromUtf8("x"));
    }
    return Request.of("raw entries", request, "raw_input_contents");
  }

  private Request withWrongTypedContents(ModelInferRequest.Builder request) {
    InferInputTensor.Builder input = typed.getInputs(0).toBuilder();
    if (random.nextBoolean()) {
      input.getContentsBuilder().addFp32Contents(0);
    } else {
      input.clearContents().getContentsBuilder().addIntContents(random.nextInt());
    }
    request.clearRawInputContents().setInputs(0, input);
    return Request.of("typed contents", request, "input 'pixels'");
  }

  private Request withAnUnknownOutput(ModelInferRequest.Builder request) {
    request.addOutputs(InferRequestedOutputTensor.newBuilder().setName(word(7)));
    return Request.of("unknown output", request, "unknown output");
  }

  private Request withWrongInputs(ModelInferRequest.Builder request) {
    if (random.nextBoolean()) {
      return Request.of(
          "no inputs", request.clearInputs().clearRawInputContents(), "input 'pixels'");
    }
    request.addInputs(raw.getInputs(0)).addRawInputContents(raw.getRawInputContents(0));
    return Request.of("an input twice", request, "input 'pixels'");
  }

  private String pick(String... of) {
    return of[random.nextInt(of.length)];
  }

  private String word(int length) {
    StringBuilder word = new StringBuilder("q");
    while (word.length() < length) {
      word.append((char) ('a' + random.nextInt(26)));
    }
    return word.toString();
  }
}
