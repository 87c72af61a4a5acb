// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.DataType;
import ai.djl.util.Platform;
import ai.djl.util.Utils;
import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.store.Datatype;
import io.rhizome.store.Manifest;
import io.rhizome.store.TensorSpec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * TorchScript models on the CPU by PyTorch, through DJL, without the network: the natives come from
 * the class path and are unpacked into DJL's cache directory ({@code DJL_CACHE_DIR}).
 *
 * <p>Each call computes on its caller's thread alone. System properties that are already set win.
 */
final class TorchEngine implements Engine {
  private static final String NAME = "PyTorch";
  private static final String SUFFIX = ".pt";
  private static final Object INITIALISATION = new Object();

  /**
   * What libtorch, DJL and the protocol all have. Any other type, INT16 and BF16 too, makes DJL
   * 0.36's native code end the whole process when it is given as an input: never let one through.
   */
  private static final Map<Datatype, DataType> TYPES = types();

  private static Map<Datatype, DataType> types() {
    Map<Datatype, DataType> types = new EnumMap<>(Datatype.class);
    types.put(Datatype.BOOL, DataType.BOOLEAN);
    types.put(Datatype.UINT8, DataType.UINT8);
    types.put(Datatype.INT8, DataType.INT8);
    types.put(Datatype.INT32, DataType.INT32);
    types.put(Datatype.INT64, DataType.INT64);
    types.put(Datatype.FP16, DataType.FLOAT16);
    types.put(Datatype.FP32, DataType.FLOAT32);
    types.put(Datatype.FP64, DataType.FLOAT64);
    return Collections.unmodifiableMap(types);
  }

  @Override
  public String name() {
    return "pytorch";
  }

  @Override
  public void unpack() throws InferenceException {
    if (!unpacked()) {
      start();
    }
  }

  @Override
  public void start() throws InferenceException {
    synchronized (INITIALISATION) {
      setIfAbsent("ai.djl.offline", "true");
      setIfAbsent("OPT_OUT_TRACKING", "true");
      setIfAbsent("ai.djl.pytorch.num_threads", "1");
      setIfAbsent("ai.djl.pytorch.num_interop_threads", "1");
      try {
        if (unpacked()) {
          ai.djl.engine.Engine.getEngine(NAME);
        } else {
          unpackInTurn();
        }
      } catch (IOException | EngineException | IllegalStateException e) {
        throw new InferenceException(
            Code.UNLOADABLE, "PyTorch does not start: " + TorchErrors.root(e), e);
      }
    }
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** Whether the last file that DJL unpacks, its JNI library, is there. */
  private static boolean unpacked() {
    Platform platform = Platform.detectPlatform("pytorch");
    String directory =
        platform.getVersion() + "-" + platform.getFlavor() + "-" + platform.getClassifier();
    String library = platform.getApiVersion() + "-" + System.mapLibraryName("djl_torch");
    return Files.exists(cacheDirectory().resolve(directory).resolve(library));
  }

  private static void unpackInTurn() throws IOException {
    Path cache = Files.createDirectories(cacheDirectory());
    try (FileChannel channel =
            FileChannel.open(
                cache.resolve("rhizome.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (lock.isValid()) {
        ai.djl.engine.Engine.getEngine(NAME);
      }
    }
  }

  private static Path cacheDirectory() {
    return Utils.getEngineCacheDir("pytorch");
  }

  @Override
  public LoadedModel load(Manifest manifest, Path directory) throws InferenceException {
    requireTypes(manifest.inputs());
    requireTypes(manifest.outputs());
    Path file = modelFile(manifest, directory);
    Model model = Model.newInstance(manifest.name(), Device.cpu(), NAME);
    boolean good = false;
    try {
      model.load(file.getParent(), file.getFileName().toString(), Map.of("mapLocation", "true"));
      TorchModel loaded = new TorchModel(model, manifest);
      good = true;
      return loaded;
    } catch (IOException | MalformedModelException | RuntimeException e) {
      throw new InferenceException(
          TorchErrors.code(e, Code.UNLOADABLE),
          "PyTorch cannot load '" + file.getFileName() + "': " + TorchErrors.brief(e),
          e);
    } finally {
      if (!good) {
        model.close();
      }
    }
  }

  /** DJL's name of a datatype that {@link #load} let pass. */
  static DataType type(Datatype datatype) {
    DataType type = TYPES.get(datatype);
    if (type == null) {
      throw new IllegalArgumentException("PyTorch has no " + datatype);
    }
    return type;
  }

  /** The protocol's name of what a model gave; null where it has none. */
  static @Nullable Datatype datatype(DataType type) {
    for (Map.Entry<Datatype, DataType> entry : TYPES.entrySet()) {
      if (entry.getValue() == type) {
        return entry.getKey();
      }
    }
    return null;
  }

  private static void requireTypes(List<TensorSpec> specs) throws InferenceException {
    for (TensorSpec spec : specs) {
      if (!TYPES.containsKey(spec.datatype())) {
        throw new InferenceException(
            Code.UNLOADABLE,
            "the pytorch engine cannot take '" + spec + "'; it has " + TYPES.keySet());
      }
    }
  }

  private static Path modelFile(Manifest manifest, Path directory) throws InferenceException {
    for (Manifest.File file : manifest.files()) {
      if (file.name().endsWith(SUFFIX)) {
        Path path = directory.toAbsolutePath().resolve(file.name());
        if (!Files.isRegularFile(path)) {
          throw new InferenceException(
              Code.UNLOADABLE, "model file '" + file.name() + "' is not there");
        }
        return path;
      }
    }
    throw new InferenceException(
        Code.UNLOADABLE,
        "model '" + manifest.name() + "' has no " + SUFFIX + " file (TorchScript)");
  }
}
