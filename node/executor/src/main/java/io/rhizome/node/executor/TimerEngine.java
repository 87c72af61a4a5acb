// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.store.Datatype;
import io.rhizome.store.Manifest;
import io.rhizome.store.TensorSpec;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Occupies a worker for a while and answers zeros: a model of known service time.
 *
 * <p>Manifest parameters: {@code service_millis}, 0 to 600,000, may have a fraction, required;
 * {@code jitter}, 0 to 1, by which share of it the time varies either way, default 0; {@code seed}
 * of that variation, a whole number, default 0; {@code scale_input}, the name of an FP32 input
 * whose first value the time is multiplied by, so that each request brings its own, default none.
 */
final class TimerEngine implements Engine {
  private static final double MAX_MILLIS = 600_000;

  @Override
  public String name() {
    return "timer";
  }

  @Override
  public LoadedModel load(Manifest manifest, Path directory) throws InferenceException {
    if (!manifest.parameters().containsKey("service_millis")) {
      throw new InferenceException(
          Code.UNLOADABLE, "a timer model needs the parameter 'service_millis'");
    }
    double millis = number(manifest, "service_millis", MAX_MILLIS);
    double jitter = number(manifest, "jitter", 1);
    return new Timer(manifest.outputs(), millis, jitter, seed(manifest), scaleInput(manifest));
  }

  /** Where in the manifest's order the input stands that scales the time; -1 for none. */
  private static int scaleInput(Manifest manifest) throws InferenceException {
    String name = manifest.parameters().get("scale_input");
    if (name == null) {
      return -1;
    }
    List<TensorSpec> inputs = manifest.inputs();
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i).name().equals(name) && inputs.get(i).datatype() == Datatype.FP32) {
        return i;
      }
    }
    throw new InferenceException(
        Code.UNLOADABLE, "parameter 'scale_input' names no FP32 input: '" + name + "'");
  }

  private static double number(Manifest manifest, String key, double max)
      throws InferenceException {
    String text = manifest.parameters().getOrDefault(key, "0");
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new InferenceException(
          Code.UNLOADABLE, "parameter '" + key + "' is no number: '" + text + "'", e);
    }
    if (!(value >= 0 && value <= max)) {
      throw new InferenceException(
          Code.UNLOADABLE, "parameter '" + key + "' must be 0 to " + max + ": '" + text + "'");
    }
    return value;
  }

  private static long seed(Manifest manifest) throws InferenceException {
    String text = manifest.parameters().getOrDefault("seed", "0");
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new InferenceException(
          Code.UNLOADABLE, "parameter 'seed' is no whole number: '" + text + "'", e);
    }
  }

  private static final class Timer implements LoadedModel {
    private static final double NANOS_PER_MILLI = 1e6;

    private final List<TensorSpec> outputs;
    private final double millis;
    private final double jitter;
    private final SplittableRandom random;
    private final int scaleInput;

    Timer(List<TensorSpec> outputs, double millis, double jitter, long seed, int scaleInput) {
      this.outputs = outputs;
      this.millis = millis;
      this.jitter = jitter;
      this.random = new SplittableRandom(seed);
      this.scaleInput = scaleInput;
    }

    @Override
    public List<Tensor> run(List<Tensor> inputs) throws InferenceException {
      double scale = scaleInput < 0 ? 1 : first(inputs.get(scaleInput));
      double scaled = millis * scale;
      if (!(scale >= 0 && scaled <= MAX_MILLIS)) {
        throw new InferenceException(
            Code.INVALID_ARGUMENT,
            "input '%s' begins with %s: must be 0 or more, and times %s ms at most %s ms"
                .formatted(inputs.get(scaleInput).name(), scale, millis, MAX_MILLIS));
      }
      occupy(nanos(scaled));
      long batch = inputs.get(0).shape().get(0);
      List<Tensor> answer = new ArrayList<>(outputs.size());
      for (TensorSpec spec : outputs) {
        answer.add(Tensors.zeros(spec, batch));
      }
      return answer;
    }

    private static float first(Tensor tensor) {
      return tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(0);
    }

    private long nanos(double millis) {
      double share = 1;
      if (jitter > 0) {
        synchronized (random) {
          share += jitter * (2 * random.nextDouble() - 1);
        }
      }
      return Math.round(millis * share * NANOS_PER_MILLI);
    }

    private static void occupy(long nanos) {
      long start = System.nanoTime();
      boolean interrupted = false;
      for (long left = nanos; left > 0; left = nanos - (System.nanoTime() - start)) {
        LockSupport.parkNanos(left);
        interrupted |= Thread.interrupted();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
