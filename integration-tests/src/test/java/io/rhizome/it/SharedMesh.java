// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Gives tests the one mesh that all of them share: five nodes in three sites, digits pushed to
 * node-1 and loaded on node-4, which every node knows. A test that stops a node starts it again. If
 * a test fails, the ends of the nodes' logs are printed.
 */
final class SharedMesh implements ParameterResolver, TestExecutionExceptionHandler {
  static final int NODES = 5;
  static final int PUSHED_TO = 1;
  static final int LOADED_ON = 4;

  /** A node that holds no model. */
  static final int BYSTANDER = 2;

  /** A node whose clients may load and unload models; it holds none before they do. */
  static final int CONTROLLED = 5;

  private static final ExtensionContext.Namespace OURS =
      ExtensionContext.Namespace.create(SharedMesh.class);

  /** Lives in the root store, which closes it when the last test has run. */
  private record Running(LocalMesh mesh, Digits digits) implements AutoCloseable {
    static Running start() {
      Checkout checkout = Checkout.find();
      try {
        Digits digits = Digits.read(checkout.digitsTest());
        LocalMesh mesh =
            LocalMesh.found(
                checkout,
                NODES,
                List.of("north", "south", "east"),
                PortPlan.free(NODES, new Random()));
        try {
          for (NodeProcess node : mesh.nodes()) {
            node.start("--set", "api.allowModelControl=" + node.equals(mesh.node(CONTROLLED)));
          }
          mesh.awaitReady();
          mesh.awaitMembers();
          mesh.pushDigits(PUSHED_TO);
          mesh.load(LOADED_ON, Digits.MODEL);
          mesh.awaitHolders(Digits.MODEL, 2);
        } catch (IOException | InterruptedException | RuntimeException e) {
          System.err.println(mesh.logTails());
          mesh.close();
          throw e;
        }
        return new Running(mesh, digits);
      } catch (IOException e) {
        throw new IllegalStateException("the shared mesh did not start", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the shared mesh started", e);
      }
    }

    @Override
    public void close() {
      mesh.close();
    }
  }

  private static Running running(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(OURS)
        .getOrComputeIfAbsent("mesh", key -> Running.start(), Running.class);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == LocalMesh.class || type == Digits.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Running running = running(context);
    return parameter.getParameter().getType() == LocalMesh.class
        ? running.mesh()
        : running.digits();
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    System.err.println(context.getDisplayName() + " failed; the nodes' logs end with");
    System.err.println(running(context).mesh().logTails());
    throw failure;
  }
}
