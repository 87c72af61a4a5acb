// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.access.ApiKey;
import io.rhizome.node.access.ApiKey.By;
import io.rhizome.node.access.KeyText;
import io.rhizome.node.access.Role;
import io.rhizome.node.config.ConfigException;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.ResourceKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome key create NAME --tenant T}: a new key, which is shown this once. */
@Command(
    name = "create",
    description = "Make an API key and print it, this once: policy keeps only a hash of it.")
final class KeyCreateCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PolicyOption policy = new PolicyOption();

  @Parameters(paramLabel = "NAME", description = "What to call it.")
  String name = "";

  @Option(names = "--tenant", required = true, paramLabel = "T", description = "Whose it is.")
  String tenant = "";

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "client (predictions) or viewer (looks only); default client.")
  Role role = Role.CLIENT;

  @Option(
      names = "--origin",
      paramLabel = "REGION",
      description = "Where its requests come from (default: the region of the node they enter by).")
  String origin = "";

  @Option(
      names = "--expires",
      paramLabel = "AFTER",
      description = "From when on it is no good, such as 12h or 30d (default: never).")
  @Nullable String expires;

  @Option(
      names = "--certificate",
      paramLabel = "FILE",
      description =
          "Let its holder prove this certificate's key by TLS (gRPC), in place of a secret.")
  @Nullable Path certificate;

  @Override
  public Integer call() throws IOException {
    long end =
        expires == null ? ApiKey.NEVER : Instant.now().plus(Expiry.after(expires)).toEpochMilli();
    try (PolicyView view = policy.open()) {
      if (view.find(new ResourceKey("Tenant", tenant)).isEmpty()) {
        throw new ConfigException(
            "no tenant '%s' in policy: declare it first with: rhizome apply -f FILE (kind: Tenant, name: %s, spec: {})"
                .formatted(tenant, tenant));
      }
      KeyText text = KeyText.draw(new SecureRandom());
      ApiKey key =
          certificate == null
              ? key(text, end, By.SECRET, ApiKey.sha256(text.secret()))
              : key(text, end, By.CERTIFICATE, publicKeyHash(certificate));
      long version = view.propose(List.of(Change.put(key.key(), key.body(), Change.ABSENT)));
      print(text, version);
      return 0;
    }
  }

  private ApiKey key(KeyText text, long end, By by, Bytes hash) {
    return new ApiKey(text.id(), name, tenant, role, origin, end, by, hash);
  }

  private static Bytes publicKeyHash(Path file) throws IOException {
    String pem = Files.readString(file);
    int begin = Math.max(0, pem.indexOf("-----BEGIN CERTIFICATE-----"));
    byte[] from = pem.substring(begin).getBytes(StandardCharsets.US_ASCII);
    try {
      PublicKey key =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(from))
              .getPublicKey();
      return Bytes.of(NodeId.ofPublicKey(key.getEncoded()).bytes());
    } catch (CertificateException e) {
      throw new ConfigException(file + ": no X.509 certificate in PEM form in it", e);
    }
  }

  private void print(KeyText text, long version) {
    PrintWriter out = spec.commandLine().getOut();
    boolean secret = certificate == null;
    if (policy.json) {
      ObjectNode made = Json.MAPPER.createObjectNode().put("id", text.id());
      out.println(
          Json.pretty((secret ? made.put("key", text.text()) : made).put("version", version)));
      return;
    }
    if (!secret) {
      out.println(text.id());
      return;
    }
    out.println(text.text());
    spec.commandLine()
        .getErr()
        .println("keep it: it is not shown again. Its id, for `rhizome key delete`: " + text.id());
  }
}
