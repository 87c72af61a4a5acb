// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.store.Datatype;
import io.rhizome.store.Manifest;
import io.rhizome.store.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** A TorchScript module in memory. */
final class TorchModel implements LoadedModel {
  // The raw path of DJL: one block shared by all threads, and per call an NDManager that frees
  // every
  // array and IValues closed by hand. Block.forward of DJL leaks its inputs when the model throws.
  //
  // The Model is held, not only its block: BaseModel.finalize() closes the native module.

  private final Model model;
  private final PtSymbolBlock block;
  private final List<TensorSpec> outputs;

  /** Takes the model over. */
  TorchModel(Model model, Manifest manifest) {
    this.model = model;
    this.block = (PtSymbolBlock) model.getBlock();
    this.outputs = manifest.outputs();
    JniUtils.enableInferenceMode(block);
  }

  @Override
  public boolean warms() {
    return true;
  }

  @Override
  public List<Tensor> run(List<Tensor> inputs) throws InferenceException {
    IValue[] arguments = new IValue[inputs.size()];
    // A property of the calling thread: without it a second call of each new shape recompiles.
    JniUtils.setGraphExecutorOptimize(false);
    try (NDManager manager = model.getNDManager().newSubManager(Device.cpu())) {
      List<ByteBuffer> copies = Scratch.copies(inputs);
      for (int i = 0; i < arguments.length; i++) {
        Tensor input = inputs.get(i);
        NDArray array =
            manager.create(copies.get(i), shape(input), TorchEngine.type(input.datatype()));
        arguments[i] = IValue.from((PtNDArray) array);
      }
      try (IValue result = block.forward(arguments)) {
        return read(result.toNDList((PtNDManager) manager));
      }
    } catch (EngineException | IllegalStateException | UnsupportedOperationException e) {
      throw new InferenceException(TorchErrors.code(e, Code.MODEL_FAILED), TorchErrors.brief(e), e);
    } finally {
      for (IValue argument : arguments) {
        if (argument != null) {
          argument.close();
        }
      }
    }
  }

  private List<Tensor> read(NDList arrays) throws InferenceException {
    if (arrays.size() != outputs.size()) {
      throw new InferenceException(
          Code.MODEL_FAILED,
          "the model breaks its manifest: expected "
              + outputs.size()
              + " outputs "
              + outputs
              + ", got "
              + arrays.size());
    }
    List<Tensor> tensors = new ArrayList<>(arrays.size());
    for (int i = 0; i < arrays.size(); i++) {
      String name = outputs.get(i).name();
      tensors.add(read(name, find(arrays, i, name)));
    }
    return tensors;
  }

  /** The i-th result; or, where the model returns a dictionary, whose order is lost, by its key. */
  private static NDArray find(NDList arrays, int index, String name) throws InferenceException {
    if (arrays.get(index).getName() == null) {
      return arrays.get(index);
    }
    for (NDArray array : arrays) {
      if (name.equals(array.getName())) {
        return array;
      }
    }
    throw new InferenceException(
        Code.MODEL_FAILED, "the model's dictionary has no key '" + name + "'");
  }

  private static Tensor read(String name, NDArray array) throws InferenceException {
    Datatype datatype = TorchEngine.datatype(array.getDataType());
    if (datatype == null) {
      throw new InferenceException(
          Code.MODEL_FAILED, "output '" + name + "' is of type " + array.getDataType());
    }
    List<Long> shape = new ArrayList<>();
    for (long dimension : array.getShape().getShape()) {
      shape.add(dimension);
    }
    ByteBuffer data = array.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    return new Tensor(name, datatype, shape, data);
  }

  private static Shape shape(Tensor tensor) {
    return new Shape(tensor.shape().stream().mapToLong(Long::longValue).toArray());
  }

  @Override
  public void close() {
    model.close();
    NativeMemory.trim();
  }
}
