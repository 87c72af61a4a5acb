// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rhizome.store.Step;
import io.rhizome.store.TensorSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ImageMemoryTest {
  private static final int MIB = 1 << 20;

  private final ImageMemory memory = new ImageMemory(4 * MIB);

  @Test
  void whoNeedsMoreThanIsFreeWaitsUntilOthersGiveBack() throws Exception {
    ImageMemory.Lease first = memory.take(3 * MIB);
    CompletableFuture<ImageMemory.Lease> second = new CompletableFuture<>();
    Thread waiting =
        new Thread(
            () -> {
              try {
                second.complete(memory.take(2 * MIB));
              } catch (ImageException e) {
                second.completeExceptionally(e);
              }
            });
    waiting.start();
    await().until(() -> waiting.getState() == Thread.State.WAITING);
    assertThat(second).isNotDone();

    first.keep(2 * MIB);

    second.get(10, TimeUnit.SECONDS).close();
    first.close();
    memory.take(4 * MIB).close();
  }

  @Test
  void refusesWhatWillNeverBeFree() throws Exception {
    assertThatThrownBy(() -> memory.take(4 * MIB + 1))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("4194305 bytes")
        .hasMessageContaining("4194304")
        .hasMessageContaining("smaller images");
    memory.take(4 * MIB).close();
  }

  @Test
  void imagesTakeItWhileTheyAreDecodedAndTheirTensorUntilItIsClosed() throws Exception {
    Preprocess steps =
        Preprocess.compile(
            Step.parseAll("decode(gray) resize(256,256)"),
            TensorSpec.parse("x:FP32[-1,1,256,256]"));
    ByteBuffer good = ByteBuffer.wrap(image(1_000 * 1_001));
    ByteBuffer damaged = ByteBuffer.wrap(image(1_000 * 500));

    assertThatThrownBy(() -> steps.decode(List.of(good, damaged), memory))
        .hasMessageContaining("image 1: a damaged PNG");
    memory.take(4 * MIB).close();

    try (Decoded decoded = steps.decode(List.of(good), memory)) {
      assertThat(decoded.elements().remaining()).isEqualTo(256 << 10);
      memory.take(4 * MIB - (256 << 10)).close();
    }
    memory.take(4 * MIB).close();
  }

  private static byte[] image(int dataBytes) {
    return Images.png(Images.ihdr(1_000, 1_000, 8, 0), Images.idat(dataBytes), Images.iend());
  }
}
