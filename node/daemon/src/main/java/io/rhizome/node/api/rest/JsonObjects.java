// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.node.protocol.inference.InferParameter;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;

/** The small pieces that the protocol's JSON objects are made of. */
final class JsonObjects {
  private static final int MAX_PARAMETERS = 256;

  private JsonObjects() {}

  /** What is done with one field's value; afterwards the parser stands on the end of it. */
  interface Field {
    void read(String name) throws IOException, MalformedException, RefusedException;
  }

  static void fields(String where, JsonParser json, Field field)
      throws IOException, MalformedException, RefusedException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new MalformedException(where + " must be an object");
    }
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      json.nextToken();
      field.read(name);
    }
  }

  static String text(String where, JsonParser json) throws IOException, MalformedException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw new MalformedException(where + " must be a string");
    }
    return json.getText();
  }

  /** A {@code parameters} object: booleans, numbers and strings. */
  static SortedMap<String, InferParameter> parameters(String where, JsonParser json)
      throws IOException, MalformedException, RefusedException {
    SortedMap<String, InferParameter> parameters = new TreeMap<>();
    fields(
        where,
        json,
        name -> {
          if (parameters.size() == MAX_PARAMETERS) {
            throw new MalformedException(where + " has more than " + MAX_PARAMETERS + " entries");
          }
          parameters.put(name, parameter(where + "." + name, json));
        });
    return parameters;
  }

  private static InferParameter parameter(String where, JsonParser json)
      throws IOException, MalformedException {
    InferParameter.Builder parameter = InferParameter.newBuilder();
    switch (json.currentToken()) {
      case VALUE_TRUE -> parameter.setBoolParam(true);
      case VALUE_FALSE -> parameter.setBoolParam(false);
      case VALUE_STRING -> parameter.setStringParam(json.getText());
      case VALUE_NUMBER_FLOAT -> parameter.setDoubleParam(json.getDoubleValue());
      case VALUE_NUMBER_INT -> {
        if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
          throw new MalformedException(where + " must fit 64 bits");
        }
        parameter.setInt64Param(json.getLongValue());
      }
      default -> throw new MalformedException(where + " must be a boolean, a number or a string");
    }
    return parameter.build();
  }

  static boolean bool(String where, InferParameter parameter) throws MalformedException {
    if (!parameter.hasBoolParam()) {
      throw new MalformedException(where + " must be true or false");
    }
    return parameter.getBoolParam();
  }

  static long whole(String where, InferParameter parameter) throws MalformedException {
    if (!parameter.hasInt64Param() || parameter.getInt64Param() < 0) {
      throw new MalformedException(where + " must be a whole number from 0");
    }
    return parameter.getInt64Param();
  }
}
