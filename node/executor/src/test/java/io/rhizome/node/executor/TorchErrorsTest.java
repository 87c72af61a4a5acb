// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.node.executor.InferenceException.Code;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class TorchErrorsTest {
  @Test
  void showsTheLastLineOfATraceback() {
    var e =
        new IllegalStateException(
            """
            The following operation failed.
            Traceback of TorchScript (most recent call last):
              File "m.py", line 3
                return a + b
            RuntimeError: sizes differ
            """);
    assertThat(TorchErrors.brief(e)).isEqualTo("RuntimeError: sizes differ");
  }

  @Test
  void showsTheFirstLineOfAnythingElseAndBoundsIt() {
    assertThat(TorchErrors.brief(new IOException("not a ZIP archive\nException raised from")))
        .isEqualTo("not a ZIP archive");
    assertThat(TorchErrors.brief(new IOException("x".repeat(5000)))).hasSize(303);
    assertThat(TorchErrors.brief(new IllegalStateException())).isEqualTo("IllegalStateException");
  }

  @Test
  void showsTheRootCauseToo() {
    var e = new IllegalStateException("cannot extract", new IOException("No space left on device"));
    assertThat(TorchErrors.root(e)).isEqualTo("cannot extract: No space left on device");
  }

  @Test
  void knowsWhenMemoryWasShort() {
    var e =
        new IllegalStateException("[enforce fail] DefaultCPUAllocator: can't allocate memory: 4");
    assertThat(TorchErrors.code(e, Code.MODEL_FAILED)).isEqualTo(Code.OUT_OF_MEMORY);
    assertThat(TorchErrors.code(new IOException("x"), Code.UNLOADABLE)).isEqualTo(Code.UNLOADABLE);
  }
}
