// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import io.grpc.Metadata;

/** The metadata that carries an operator's proof. */
final class ProofHeaders {
  static final Metadata.Key<byte[]> OPERATOR = key("rhizome-operator-bin");
  static final Metadata.Key<byte[]> NONCE = key("rhizome-nonce-bin");
  static final Metadata.Key<byte[]> SIGNATURE = key("rhizome-signature-bin");

  private ProofHeaders() {}

  private static Metadata.Key<byte[]> key(String name) {
    return Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
  }
}
