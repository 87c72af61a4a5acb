// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.node.executor.steps.ImageMemory;
import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs models inside this process: a bounded queue before a fixed set of worker threads, and one
 * thread that loads and unloads. Its engines are {@code pytorch}, {@code echo} and {@code timer}.
 *
 * <p>At most {@code workers + queueCapacity} requests are in flight; one more fails with {@code
 * OVERLOADED} at once. A deadline is looked at when a worker takes the request and when the model
 * returns; a caller that must answer sooner cancels. {@code echo} runs on the calling thread,
 * unless its manifest declares steps: images are decoded by the workers.
 *
 * <p>Queued requests of a model that is unloaded still run. NaN is a value like any other.
 */
public final class LocalExecutor implements Executor {
  private static final Logger log = LoggerFactory.getLogger(LocalExecutor.class);

  /** Images in work may take a quarter of the heap. */
  private static final int IMAGE_SHARE = 4;

  private static final Cancellable ENDED = () -> {};

  private final ExecutorConfig config;
  private final List<Engine> engines;
  private final ThreadPoolExecutor workers;
  private final ThreadPoolExecutor loader;
  private final Map<Digest, Slot> slots = new ConcurrentHashMap<>();
  private final Places places = new Places();
  private final ImageMemory imageMemory =
      new ImageMemory(Runtime.getRuntime().maxMemory() / IMAGE_SHARE);
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile boolean closed;

  /** A model that is being loaded or is loaded. */
  private static final class Slot {
    final CompletableFuture<Void> ready = new CompletableFuture<>();
    volatile @Nullable Resident resident;
  }

  /**
   * Starts the threads. An engine starts when a model first needs it: PyTorch takes 0.6 s, in which
   * no other thread can link a native method, and nodes that hold no model do without.
   *
   * <p>Where PyTorch's natives (432 MB) were never unpacked into DJL's cache directory, that begins
   * at once, and loads wait for it; processes that start together take turns.
   *
   * <p>The environment should set {@code OMP_WAIT_POLICY=PASSIVE}.
   */
  public static LocalExecutor start(ExecutorConfig config) {
    return new LocalExecutor(
        config, List.of(new TorchEngine(), new EchoEngine(), new TimerEngine()));
  }

  /**
   * Starts PyTorch in this process, and unpacks it where that was never done; blocks.
   *
   * @throws InferenceException {@code UNLOADABLE} when it cannot run on this machine
   */
  public static void prepare() throws InferenceException {
    new TorchEngine().start();
  }

  LocalExecutor(ExecutorConfig config, List<Engine> engines) {
    this.config = config;
    this.engines = List.copyOf(engines);
    this.workers = threads(config.workers(), "rhizome-executor-");
    this.loader = threads(1, "rhizome-loader-");
    // After close: an unload frees on the calling thread, and a load finds the executor closed.
    this.loader.setRejectedExecutionHandler((task, pool) -> task.run());
    this.loader.execute(this::unpack);
  }

  private void unpack() {
    for (Engine engine : engines) {
      try {
        engine.unpack();
      } catch (InferenceException | RuntimeException | Error e) {
        log.warn("engine '{}' cannot run here; its models will not load", engine.name(), e);
      }
    }
  }

  private static ThreadPoolExecutor threads(int count, String name) {
    AtomicInteger number = new AtomicInteger();
    ThreadFactory factory =
        task -> {
          Thread thread = new Thread(task, name + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        };
    // The queue needs no bound of its own: inFlight bounds what is put into it.
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            count, count, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
    pool.prestartAllCoreThreads();
    return pool;
  }

  /** The engines by the names that manifests use. */
  public List<String> engines() {
    return engines.stream().map(Engine::name).toList();
  }

  @Override
  public CompletionStage<Void> load(Digest id, Manifest manifest, Path directory) {
    Slot fresh = new Slot();
    Slot known = slots.putIfAbsent(id, fresh);
    if (known != null) {
      return known.ready;
    }
    loader.execute(() -> fill(fresh, id, manifest, directory));
    return fresh.ready;
  }

  private void fill(Slot slot, Digest id, Manifest manifest, Path directory) {
    try {
      Resident resident = warmed(manifest, directory);
      slot.resident = resident;
      slot.ready.complete(null);
    } catch (InferenceException e) {
      discard(id, slot, e);
    } catch (OutOfMemoryError e) {
      discard(id, slot, outOfMemory(manifest, e));
    } catch (RuntimeException | Error e) {
      log.error("engine '{}' broke on loading model '{}'", manifest.engine(), manifest.name(), e);
      String message = "engine '" + manifest.engine() + "' broke on loading: " + e;
      discard(id, slot, new InferenceException(Code.UNLOADABLE, message, e));
    }
  }

  private Resident warmed(Manifest manifest, Path directory) throws InferenceException {
    if (closed) {
      throw closedFailure();
    }
    Engine engine = engine(manifest.engine());
    engine.start();
    DeclaredSteps steps = DeclaredSteps.of(manifest, imageMemory);
    LoadedModel model = engine.load(manifest, directory);
    boolean inline = engine.runsInline() && steps.isEmpty();
    Resident resident = new Resident(manifest, steps, model, inline);
    boolean good = false;
    try {
      WarmUp.run(resident);
      good = true;
      return resident;
    } finally {
      if (!good) {
        model.close();
      }
    }
  }

  private Engine engine(String name) throws InferenceException {
    for (Engine engine : engines) {
      if (engine.name().equals(name)) {
        return engine;
      }
    }
    throw new InferenceException(
        Code.UNLOADABLE, "unknown engine '" + name + "'; this node has " + engines());
  }

  private void discard(Digest id, Slot slot, InferenceException failure) {
    slots.remove(id, slot);
    slot.ready.completeExceptionally(failure);
  }

  @Override
  public CompletionStage<Void> unload(Digest id) {
    Slot slot = slots.remove(id);
    if (slot == null) {
      return CompletableFuture.completedStage(null);
    }
    return slot.ready.handle((none, failure) -> slot.resident).thenCompose(this::free);
  }

  private CompletionStage<Void> free(@Nullable Resident resident) {
    return resident == null
        ? CompletableFuture.completedStage(null)
        : resident.retire().thenRunAsync(resident.model()::close, loader);
  }

  @Override
  public Cancellable infer(Inference request, Responses responses) {
    Task task;
    try {
      task = admit(request, responses);
    } catch (InferenceException refusal) {
      Task.fail(responses, refusal);
      return ENDED;
    }
    if (task.resident().inline()) {
      task.run();
      return ENDED;
    }
    try {
      workers.execute(task);
    } catch (RejectedExecutionException e) {
      task.drop(Code.CLOSED, "the executor is closed");
    }
    return task;
  }

  private Task admit(Inference request, Responses responses) throws InferenceException {
    if (closed) {
      throw closedFailure();
    }
    Slot slot = slots.get(request.model());
    Resident resident = slot == null ? null : slot.resident;
    if (resident == null || !resident.acquire()) {
      throw new InferenceException(
          Code.NOT_LOADED, "model " + request.model().shortName() + " is not loaded here");
    }
    boolean admitted = false;
    int now = inFlight.incrementAndGet();
    try {
      if (now > config.limit()) {
        throw new InferenceException(
            Code.OVERLOADED, "the queue is full: " + config.limit() + " requests are in flight");
      }
      DeclaredSteps steps = resident.steps();
      List<Tensor> inputs = Tensors.inputs(steps.inputs(request.inputs()), request.inputs());
      Tensors.requireOutputs(resident.manifest().clientOutputs(), request.outputs());
      admitted = true;
      return new Task(places, resident, request, inputs, responses);
    } finally {
      if (!admitted) {
        inFlight.decrementAndGet();
        resident.release();
      }
    }
  }

  /** Requests running and queued. */
  int inFlight() {
    return inFlight.get();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Not to be called from a callback. An interrupt ends the wait: the flag is set again, and
   * what still runs keeps its memory until the process ends.
   */
  @Override
  public void close() {
    closed = true;
    workers.shutdown();
    List<Runnable> queued = new ArrayList<>();
    workers.getQueue().drainTo(queued);
    for (Runnable waiting : queued) {
      ((Task) waiting).drop(Code.CLOSED, "the executor closed before the request ran");
    }
    try {
      workers.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
      for (Digest id : List.copyOf(slots.keySet())) {
        unload(id).toCompletableFuture().get();
      }
      loader.shutdown();
      loader.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
      engines.forEach(Engine::close);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a model could not be freed", e.getCause());
    }
  }

  /** What tasks tell back. */
  private final class Places implements Task.Owner {
    @Override
    public void dequeue(Task task) {
      workers.remove(task);
    }

    @Override
    public void ended(Task task) {
      inFlight.decrementAndGet();
      task.resident().release();
    }
  }

  private static InferenceException closedFailure() {
    return new InferenceException(Code.CLOSED, "the executor is closed");
  }

  private static InferenceException outOfMemory(Manifest manifest, OutOfMemoryError cause) {
    return new InferenceException(
        Code.OUT_OF_MEMORY, "not enough memory to load model '" + manifest.name() + "'", cause);
  }
}
