// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.rhizome.node.config.ConfigException;
import io.rhizome.node.executor.InferenceException;
import io.rhizome.node.models.ModelException;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** Says in one line what went wrong and what helps. */
final class Complaint {
  private static final int MAX_CAUSES = 16;

  private Complaint() {}

  static String of(Throwable failure) {
    if (failure instanceof StatusRuntimeException e) {
      return ofStatus(e.getStatus());
    }
    if (failure instanceof StatusException e) {
      return ofStatus(e.getStatus());
    }
    if (portInUse(failure)) {
      return failure.getMessage()
          + "; a port is in use: stop what listens there, or choose others, as in"
          + " --set api.port=8011 --set mesh.port=7710";
    }
    if (failure instanceof NoSuchFileException e) {
      return e.getFile() + ": no such file";
    }
    if (failure instanceof AccessDeniedException e) {
      return e.getFile() + ": permission denied";
    }
    String message = failure.getMessage();
    if (message == null) {
      return failure.getClass().getSimpleName() + " (run with --debug for details)";
    }
    boolean meantForPeople =
        failure instanceof ConfigException
            || failure instanceof IllegalArgumentException
            || failure instanceof ModelException
            || failure instanceof InferenceException
            || failure.getClass() == IOException.class;
    return meantForPeople ? message : failure.getClass().getSimpleName() + ": " + message;
  }

  private static boolean portInUse(Throwable failure) {
    Throwable at = failure;
    for (int i = 0; i < MAX_CAUSES && at != null; i++) {
      String message = at.getMessage();
      // Netty's epoll transport has an exception of its own, known by the kernel's words only.
      if (at instanceof BindException
          || (message != null && message.contains("Address already in use"))) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }

  private static String ofStatus(Status status) {
    String description = status.getDescription();
    return description == null
        ? "the node answered " + status.getCode()
        : description + " (" + status.getCode() + ")";
  }

  /** The first cause of that kind. */
  static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> kind) {
    Throwable at = failure;
    for (int i = 0; i < MAX_CAUSES && at != null; i++) {
      if (kind.isInstance(at)) {
        return kind.cast(at);
      }
      at = at.getCause();
    }
    return null;
  }
}
