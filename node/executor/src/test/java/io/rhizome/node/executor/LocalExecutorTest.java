// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import static io.rhizome.node.executor.Models.await;
import static io.rhizome.node.executor.Models.floats;
import static io.rhizome.node.executor.Models.infer;
import static io.rhizome.node.executor.Models.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rhizome.node.executor.Executor.Cancellable;
import io.rhizome.node.executor.Executor.Inference;
import io.rhizome.node.executor.Executor.Responses;
import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.store.Digest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LocalExecutorTest {
  private static final Digest ID = Models.id("gate");
  private static final Path NOWHERE = Path.of(".");

  private final GateEngine gate = new GateEngine();
  private LocalExecutor executor;

  @BeforeEach
  void loadTheGate() throws Exception {
    executor = start(new ExecutorConfig(1, 2));
  }

  private LocalExecutor start(ExecutorConfig config) throws Exception {
    LocalExecutor started =
        new LocalExecutor(config, List.of(gate, new EchoEngine(), new TimerEngine()));
    await(started.load(ID, GateEngine.MANIFEST, NOWHERE));
    return started;
  }

  @AfterEach
  void close() {
    gate.open(1000);
    executor.close();
  }

  private static Inference x(float value) {
    return request(ID, floats("x", List.of(1L), value));
  }

  private Answer running(float value) throws InterruptedException {
    Answer answer = infer(executor, x(value));
    gate.awaitRunning(1);
    return answer;
  }

  @Test
  void answersWithTheModelsOutputs() throws Exception {
    gate.open(1);
    List<Tensor> outputs = infer(executor, x(4)).outputs();
    assertThat(outputs).hasSize(1);
    assertThat(floats(outputs.get(0))).containsExactly(5);
  }

  @Test
  void namesItsEngines() {
    assertThat(executor.engines()).containsExactly("gate", "echo", "timer");
  }

  @Test
  void refusesAtOnceWhenTheQueueIsFull() throws Exception {
    Answer running = running(1);
    List<Answer> queued = List.of(infer(executor, x(2)), infer(executor, x(3)));
    Answer refused = infer(executor, x(4));
    assertThat(refused.ends()).isEqualTo(1);
    assertThat(refused.failure().code()).isEqualTo(Code.OVERLOADED);
    assertThat(refused.failure()).hasMessageContaining("3 requests are in flight");
    gate.open(3);
    running.outputs();
    for (Answer answer : queued) {
      answer.outputs();
    }
  }

  @Test
  void freesAPlaceBeforeItAnswers() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    Answer answer = new Answer();
    executor.infer(
        x(1),
        new Responses() {
          @Override
          public void onResponse(List<Tensor> outputs) {
            if (executor.inFlight() == 0) {
              seen.countDown();
            }
          }

          @Override
          public void onCompleted() {
            answer.onCompleted();
          }

          @Override
          public void onFailed(InferenceException failure) {
            answer.onFailed(failure);
          }
        });
    gate.open(1);
    assertThat(seen.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void doesNotRunARequestWhoseDeadlinePassedInTheQueue() throws Exception {
    Inference late = new Inference(ID, x(1).inputs(), List.of(), Models.inMillis(-1));
    Answer answer = infer(executor, late);
    assertThat(answer.failure().code()).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(gate.runs()).isZero();
  }

  @Test
  void failsARequestWhoseDeadlinePassesWhileItRuns() throws Exception {
    Inference tight = new Inference(ID, x(1).inputs(), List.of(), Models.inMillis(500));
    Answer answer = infer(executor, tight);
    gate.awaitRunning(1);
    await().until(() -> System.nanoTime() - tight.deadlineNanos() > 0);
    gate.open(1);
    assertThat(answer.failure().code()).isEqualTo(Code.DEADLINE_EXCEEDED);
  }

  @Test
  void dropsQueuedWorkAtOnceWhenCancelled() throws Exception {
    Answer first = running(1);
    Answer queued = new Answer();
    Cancellable handle = executor.infer(x(2), queued);
    assertThat(executor.inFlight()).isEqualTo(2);
    handle.cancel();
    assertThat(queued.ends()).isEqualTo(1);
    assertThat(queued.failure().code()).isEqualTo(Code.CANCELLED);
    assertThat(executor.inFlight()).isEqualTo(1);
    handle.cancel();
    gate.open(1);
    first.outputs();
    assertThat(queued.ends()).isEqualTo(1);
    assertThat(gate.runs()).isEqualTo(1);
  }

  @Test
  void discardsTheResultOfCancelledRunningWorkWhenItReturns() throws Exception {
    Answer answer = new Answer();
    Cancellable handle = executor.infer(x(1), answer);
    gate.awaitRunning(1);
    handle.cancel();
    assertThat(answer.ends()).isZero();
    assertThat(executor.inFlight()).isEqualTo(1);
    gate.open(1);
    assertThat(answer.failure().code()).isEqualTo(Code.CANCELLED);
    handle.cancel();
    assertThat(answer.ends()).isEqualTo(1);
  }

  @Test
  void endsEveryRequestOnceWhateverRaces() throws Exception {
    LocalExecutor racing = start(new ExecutorConfig(4, 16));
    gate.open(1_000_000);
    SplittableRandom random = new SplittableRandom(11);
    List<Answer> answers = new ArrayList<>();
    List<Thread> cancellers = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      Answer answer = new Answer();
      long deadline = random.nextInt(4) == 0 ? System.nanoTime() + random.nextInt(50_000) : 0;
      Inference request =
          deadline == 0 ? x(i) : new Inference(ID, x(i).inputs(), List.of(), deadline);
      Cancellable handle = racing.infer(request, answer);
      answers.add(answer);
      if (random.nextInt(8) == 0) {
        Thread canceller = new Thread(handle::cancel);
        canceller.start();
        cancellers.add(canceller);
      } else if (random.nextInt(4) == 0) {
        handle.cancel();
      }
      if (i == 3500) {
        Thread closer = new Thread(racing::close);
        closer.start();
        cancellers.add(closer);
      }
    }
    for (Thread thread : cancellers) {
      thread.join(20_000);
    }
    racing.close();
    assertThat(answers).allSatisfy(answer -> assertThat(answer.ends()).isEqualTo(1));
    assertThat(racing.inFlight()).isZero();
    assertThat(gate.freed()).isTrue();
  }

  @Test
  void keepsItsWorkerWhenACallbackThrows() throws Exception {
    gate.open(2);
    executor.infer(
        x(1),
        new Responses() {
          @Override
          public void onResponse(List<Tensor> outputs) {
            throw new IllegalStateException("callback of a test");
          }

          @Override
          public void onCompleted() {
            throw new IllegalStateException("callback of a test");
          }

          @Override
          public void onFailed(InferenceException failure) {
            throw new IllegalStateException("callback of a test");
          }
        });
    assertThat(infer(executor, x(2)).outputs()).hasSize(1);
  }

  @Test
  void reportsAnEngineThatBreaks() throws Exception {
    gate.open(1);
    assertThat(infer(executor, x(13)).failure())
        .hasMessageContaining("unlucky")
        .extracting(InferenceException::code)
        .isEqualTo(Code.MODEL_FAILED);
  }

  @Test
  void unloadsOnceItsRequestsHaveEnded() throws Exception {
    Answer running = running(1);
    Answer queued = infer(executor, x(2));
    CompletionStage<Void> unloaded = executor.unload(ID);
    assertThat(infer(executor, x(3)).failure().code()).isEqualTo(Code.NOT_LOADED);
    assertThat(unloaded.toCompletableFuture()).isNotDone();
    assertThat(gate.freed()).isFalse();
    gate.open(2);
    running.outputs();
    queued.outputs();
    await(unloaded);
    assertThat(gate.freed()).isTrue();
  }

  @Test
  void loadsWhatIsLoadedAndUnloadsWhatIsNotAtOnce() {
    assertThat(executor.load(ID, GateEngine.MANIFEST, NOWHERE).toCompletableFuture()).isDone();
    assertThat(executor.unload(Models.id("other")).toCompletableFuture()).isDone();
  }

  @Test
  void loadsAgainAfterAnUnload() throws Exception {
    await(executor.unload(ID));
    gate.open(2);
    await(executor.load(ID, GateEngine.MANIFEST, NOWHERE));
    assertThat(infer(executor, x(1)).outputs()).hasSize(1);
  }

  @Test
  void refusesAnUnknownEngineByName() {
    var manifest = Models.manifest("abacus", "", "x:FP32[1]", "y:FP32[1]");
    assertThatThrownBy(() -> await(executor.load(Models.id("a"), manifest, NOWHERE)))
        .hasMessage("unknown engine 'abacus'; this node has [gate, echo, timer]")
        .extracting(e -> ((InferenceException) e).code())
        .isEqualTo(Code.UNLOADABLE);
  }

  @Test
  void failsTheQueuedAndFinishesTheRunningWhenClosed() throws Exception {
    Answer running = running(1);
    Answer queued = infer(executor, x(2));
    Thread closer = new Thread(executor::close);
    closer.start();
    assertThat(queued.failure().code()).isEqualTo(Code.CLOSED);
    assertThat(running.ends()).isZero();
    gate.open(1);
    running.outputs();
    closer.join(20_000);
    assertThat(gate.freed()).isTrue();
    assertThat(infer(executor, x(3)).failure().code()).isEqualTo(Code.CLOSED);
    assertThatThrownBy(() -> await(executor.load(Models.id("b"), GateEngine.MANIFEST, NOWHERE)))
        .extracting(e -> ((InferenceException) e).code())
        .isEqualTo(Code.CLOSED);
  }
}
