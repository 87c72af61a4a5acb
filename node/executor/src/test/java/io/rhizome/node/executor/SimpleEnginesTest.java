// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import static io.rhizome.node.executor.Models.await;
import static io.rhizome.node.executor.Models.floats;
import static io.rhizome.node.executor.Models.id;
import static io.rhizome.node.executor.Models.infer;
import static io.rhizome.node.executor.Models.manifest;
import static io.rhizome.node.executor.Models.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.store.Manifest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimpleEnginesTest {
  private static final Path NOWHERE = Path.of(".");

  private LocalExecutor executor;

  @BeforeEach
  void start() throws Exception {
    executor =
        new LocalExecutor(new ExecutorConfig(1, 1), List.of(new EchoEngine(), new TimerEngine()));
  }

  @AfterEach
  void close() {
    executor.close();
  }

  private void load(Manifest manifest) throws Exception {
    await(executor.load(id("m"), manifest, NOWHERE));
  }

  @Test
  void echoesWithoutACopyUnderTheOutputsName() throws Exception {
    load(manifest("echo", "", "x:FP32[-1] n:FP32[-1]", "y:FP32[-1] n:FP32[-1]"));
    Tensor x = floats("x", List.of(1L), 3);
    Tensor n = floats("n", List.of(1L), 4);
    Answer answer = infer(executor, request(id("m"), n, x));
    assertThat(answer.ends()).isEqualTo(1);
    assertThat(answer.outputs()).extracting(Tensor::name).containsExactly("y", "n");
    assertThat(answer.outputs().get(0).data()).isSameAs(x.data());
    assertThat(answer.outputs().get(1)).isSameAs(n);
    assertThat(executor.inFlight()).isZero();
  }

  @Test
  void givesOnlyTheOutputsAskedFor() throws Exception {
    load(manifest("echo", "", "x:FP32[1] n:FP32[1]", "y:FP32[1] n:FP32[1]"));
    List<Tensor> inputs = List.of(floats("x", List.of(1L), 3), floats("n", List.of(1L), 4));
    var asked = new Executor.Inference(id("m"), inputs, List.of("n"), Models.inMillis(20_000));
    assertThat(infer(executor, asked).outputs()).extracting(Tensor::name).containsExactly("n");
    var unknown = new Executor.Inference(id("m"), inputs, List.of("z"), Models.inMillis(20_000));
    assertThat(infer(executor, unknown).failure().code()).isEqualTo(Code.INVALID_ARGUMENT);
  }

  @Test
  void refusesAnEchoWhoseOutputsDiffer() {
    assertThatThrownBy(() -> load(manifest("echo", "", "x:FP32[1]", "y:FP32[2]")))
        .hasMessageContaining("x:FP32[1] against y:FP32[2]");
    assertThatThrownBy(() -> load(manifest("echo", "", "x:FP32[1]", "y:FP32[1] z:FP32[1]")))
        .hasMessageContaining("as many outputs as inputs");
  }

  @Test
  void occupiesAWorkerForTheServiceTimeAndAnswersZeros() throws Exception {
    load(
        manifest(
            "timer",
            "",
            "x:FP32[-1,2]",
            "y:FP32[-1,3]",
            Map.of("service_millis", "20.5", "jitter", "0.1", "seed", "7")));
    long start = System.nanoTime();
    Answer answer = infer(executor, request(id("m"), floats("x", List.of(2L, 2L), 1, 2, 3, 4)));
    assertThat(answer.outputs().get(0).shape()).containsExactly(2L, 3L);
    assertThat(floats(answer.outputs().get(0))).containsOnly(0f).hasSize(6);
    assertThat(System.nanoTime() - start).isGreaterThan(18_000_000L);
  }

  @ParameterizedTest
  @CsvSource({
    "none, 1, needs the parameter 'service_millis'",
    "service_millis, soon, parameter 'service_millis' is no number: 'soon'",
    "service_millis, -1, parameter 'service_millis' must be 0 to 600000.0: '-1'",
    "service_millis, NaN, parameter 'service_millis' must be 0 to 600000.0: 'NaN'",
  })
  void refusesATimerWithoutAGoodServiceTime(String key, String value, String message) {
    assertThatThrownBy(
            () -> load(manifest("timer", "", "x:FP32[1]", "y:FP32[1]", Map.of(key, value))))
        .hasMessageContaining(message)
        .extracting(e -> ((InferenceException) e).code())
        .isEqualTo(Code.UNLOADABLE);
  }

  @Test
  void aTimersRequestBringsItsOwnTimeWhereTheManifestSaysSo() throws Exception {
    load(timerScaledBy("x"));
    long start = System.nanoTime();
    Answer scaled = infer(executor, request(id("m"), floats("x", List.of(2L), 3, 9)));
    assertThat(scaled.outputs()).hasSize(1);
    assertThat(System.nanoTime() - start).isGreaterThan(59_000_000L);
    for (float bad : new float[] {-1, Float.NaN, 30_001}) {
      Answer refused = infer(executor, request(id("m"), floats("x", List.of(1L), bad)));
      assertThat(refused.failure().code()).isEqualTo(Code.INVALID_ARGUMENT);
      assertThat(refused.failure()).hasMessageContaining("input 'x' begins with " + bad);
    }
  }

  @Test
  void refusesATimerScaledByWhatIsNoInputOfNumbers() {
    assertThatThrownBy(() -> load(timerScaledBy("y")))
        .hasMessageContaining("parameter 'scale_input' names no FP32 input: 'y'");
  }

  private static Manifest timerScaledBy(String input) {
    return manifest(
        "timer",
        "",
        "x:FP32[-1]",
        "y:FP32[-1]",
        Map.of("service_millis", "20", "scale_input", input));
  }

  @Test
  void hasOneWorkerPerCoreByDefault() {
    int cores = Runtime.getRuntime().availableProcessors();
    assertThat(ExecutorConfig.defaults()).isEqualTo(new ExecutorConfig(cores, 64 * cores));
    assertThatThrownBy(() -> new ExecutorConfig(0, 1)).hasMessageContaining("workers");
    assertThatThrownBy(() -> new ExecutorConfig(1, -1)).hasMessageContaining("queue");
  }
}
