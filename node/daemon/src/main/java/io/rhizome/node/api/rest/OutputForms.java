// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import io.rhizome.node.protocol.inference.ModelInferResponse;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which outputs the client wants as binary tensor data.
 *
 * @param binary unless an output says otherwise ({@code binary_data_output})
 * @param byName what single outputs say ({@code binary_data})
 */
record OutputForms(boolean binary, SortedMap<String, Boolean> byName) {
  OutputForms {
    byName = Collections.unmodifiableSortedMap(new TreeMap<>(byName));
  }

  boolean binary(String output) {
    return byName.getOrDefault(output, binary);
  }

  /** How many raw bytes of an answer are to be written as JSON. */
  long jsonBytes(ModelInferResponse answer) {
    int outputs = Math.min(answer.getOutputsCount(), answer.getRawOutputContentsCount());
    long bytes = 0;
    for (int i = 0; i < outputs; i++) {
      bytes += binary(answer.getOutputs(i).getName()) ? 0 : answer.getRawOutputContents(i).size();
    }
    return bytes;
  }
}
