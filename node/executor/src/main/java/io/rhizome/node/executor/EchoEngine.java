// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.store.Manifest;
import io.rhizome.store.TensorSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Answers each request with its own inputs, the i-th as the i-th output, without a copy. */
final class EchoEngine implements Engine {
  @Override
  public String name() {
    return "echo";
  }

  @Override
  public boolean runsInline() {
    return true;
  }

  @Override
  public LoadedModel load(Manifest manifest, Path directory) throws InferenceException {
    List<TensorSpec> inputs = manifest.inputs();
    List<TensorSpec> outputs = manifest.outputs();
    if (inputs.size() != outputs.size()) {
      throw new InferenceException(
          Code.UNLOADABLE,
          "an echo model needs as many outputs as inputs, got " + inputs + " and " + outputs);
    }
    for (int i = 0; i < inputs.size(); i++) {
      TensorSpec in = inputs.get(i);
      TensorSpec out = outputs.get(i);
      if (in.datatype() != out.datatype() || !in.shape().equals(out.shape())) {
        throw new InferenceException(
            Code.UNLOADABLE,
            "an echo model's output must be declared as its input is: " + in + " against " + out);
      }
    }
    return tensors -> echo(outputs, tensors);
  }

  private static List<Tensor> echo(List<TensorSpec> specs, List<Tensor> inputs) {
    List<Tensor> outputs = new ArrayList<>(inputs.size());
    for (int i = 0; i < inputs.size(); i++) {
      Tensor in = inputs.get(i);
      String name = specs.get(i).name();
      outputs.add(
          name.equals(in.name()) ? in : new Tensor(name, in.datatype(), in.shape(), in.data()));
    }
    return outputs;
  }
}
