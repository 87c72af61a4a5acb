// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.protocol;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import java.io.IOException;

/**
 * The part of an encoded {@code ModelInferRequest} that routing needs.
 *
 * <p>Read from the message's top-level tags only: fields may come in any order, the last duplicate
 * wins (as for any protobuf parser), and everything else, tensors above all, is skipped by its
 * length.
 *
 * @param modelName {@code model_name}, empty where absent
 * @param modelVersion {@code model_version}, empty where absent
 * @param id {@code id}, empty where absent
 */
public record RequestHead(String modelName, String modelVersion, String id) {
  /** No model has a longer name; see {@code Manifest}. */
  public static final int MAX_NAME_CHARACTERS = 64;

  /** Reads the head of an encoded request; {@link MalformedException} where it is not protobuf. */
  public static RequestHead scan(byte[] message) throws MalformedException {
    CodedInputStream in = CodedInputStream.newInstance(message);
    String modelName = "";
    String modelVersion = "";
    String id = "";
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        boolean text = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
        int field = text ? WireFormat.getTagFieldNumber(tag) : 0;
        switch (field) {
          case ModelInferRequest.MODEL_NAME_FIELD_NUMBER -> modelName = in.readStringRequireUtf8();
          case ModelInferRequest.MODEL_VERSION_FIELD_NUMBER ->
              modelVersion = in.readStringRequireUtf8();
          case ModelInferRequest.ID_FIELD_NUMBER -> id = in.readStringRequireUtf8();
          default -> {
            if (!in.skipField(tag)) {
              throw new MalformedException("ModelInferRequest: stray end-group tag");
            }
          }
        }
      }
    } catch (IOException e) {
      throw new MalformedException("ModelInferRequest: " + e.getMessage(), e);
    }
    if (modelName.length() > MAX_NAME_CHARACTERS) {
      throw new MalformedException(
          "model_name has "
              + modelName.length()
              + " characters; at most "
              + MAX_NAME_CHARACTERS
              + " are allowed");
    }
    return new RequestHead(modelName, modelVersion, id);
  }

  /**
   * The wanted version counter, 0 for the newest.
   *
   * @throws MalformedException where {@code model_version} is not a whole number from 1
   */
  public long version() throws MalformedException {
    return parseVersion(modelVersion);
  }

  /** Reads the protocol's textual version: empty is 0, for the newest. */
  public static long parseVersion(String text) throws MalformedException {
    if (text.isEmpty()) {
      return 0;
    }
    try {
      long version = Long.parseLong(text);
      if (version >= 1) {
        return version;
      }
    } catch (NumberFormatException e) {
      throw new MalformedException(notAVersion(text), e);
    }
    throw new MalformedException(notAVersion(text));
  }

  private static String notAVersion(String text) {
    String shown = text.length() > 40 ? text.substring(0, 40) + "..." : text;
    return "model_version must be a whole number from 1, or empty for the newest: '" + shown + "'";
  }
}
