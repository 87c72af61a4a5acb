// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.grpc;

import io.grpc.MethodDescriptor;
import io.rhizome.node.access.Right;
import io.rhizome.node.protocol.inference.GRPCInferenceServiceGrpc;
import io.rhizome.v1.AdminServiceGrpc;
import io.rhizome.v1.JobServiceGrpc;
import io.rhizome.v1.PolicyServiceGrpc;
import java.util.Optional;

/** What each method of the public gRPC port asks for. */
final class Rights {
  private Rights() {}

  /** Empty for what anybody may call, and for what only operators may. */
  static Optional<Right> of(MethodDescriptor<?, ?> method) {
    String name = String.valueOf(method.getBareMethodName());
    return switch (String.valueOf(method.getServiceName())) {
      case GRPCInferenceServiceGrpc.SERVICE_NAME -> ofInference(name);
      case AdminServiceGrpc.SERVICE_NAME ->
          switch (name) {
            case "Status", "ListNodes", "ListModels", "ShowModel", "Explain" ->
                Optional.of(Right.OBSERVE);
            default -> Optional.empty();
          };
      case JobServiceGrpc.SERVICE_NAME -> Optional.of(Right.INFER);
      case PolicyServiceGrpc.SERVICE_NAME ->
          switch (name) {
            case "PolicyStatus" -> Optional.of(Right.OBSERVE);
            case "GetPolicy" -> Optional.of(Right.READ_POLICY);
            default -> Optional.empty();
          };
      default -> Optional.empty();
    };
  }

  private static Optional<Right> ofInference(String name) {
    return switch (name) {
      case "ServerLive", "ServerReady" -> Optional.empty();
      case "ServerMetadata",
          "ModelReady",
          "ModelMetadata",
          "ModelConfig",
          "ModelStatistics",
          "RepositoryIndex" ->
          Optional.of(Right.MODELS);
      case "RepositoryModelLoad", "RepositoryModelUnload" -> Optional.of(Right.CONTROL);
      default -> Optional.of(Right.INFER);
    };
  }
}
