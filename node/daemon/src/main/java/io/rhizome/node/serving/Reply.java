// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import java.io.InputStream;

/**
 * Where a request's end is told; exactly one of the two, once. Called from any thread, never
 * concurrently.
 */
public interface Reply {
  /** An encoded {@code ModelInferResponse}, to be consumed and closed by the callee. */
  void answer(InputStream response);

  /** No answer. */
  void fail(ServingError error);
}
