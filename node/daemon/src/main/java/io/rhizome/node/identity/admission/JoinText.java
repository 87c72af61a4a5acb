// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import com.google.protobuf.InvalidProtocolBufferException;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.JoinToken;
import io.rhizome.node.config.ConfigException;
import java.util.Base64;

/** A join token as people carry it: {@code rzt1.} and base64url of a {@link JoinToken}. */
public final class JoinText {
  private static final String PREFIX = "rzt1.";
  private static final int MAX_CHARACTERS = 4096;
  private static final int MAX_SEEDS = 8;

  private JoinText() {}

  /** The text of that token. */
  public static String of(JoinToken token) {
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(token.toByteArray());
  }

  /** Reads it; {@link ConfigException} says what is wrong with it, but does not repeat it. */
  public static JoinToken parse(String text) {
    if (!text.startsWith(PREFIX) || text.length() > MAX_CHARACTERS) {
      throw new ConfigException("that is no join token; `rhizome token create` prints one");
    }
    try {
      JoinToken token =
          JoinToken.parseFrom(Base64.getUrlDecoder().decode(text.substring(PREFIX.length())));
      new TokenKey(token.getSecret().toByteArray());
      if (token.getSeedsCount() == 0 || token.getSeedsCount() > MAX_SEEDS) {
        throw new IllegalArgumentException("it names %d seeds".formatted(token.getSeedsCount()));
      }
      token
          .getSeedsList()
          .forEach(
              seed -> {
                Endpoint.parse(seed.getAddress());
                NodeId.of(seed.getNode().toByteArray());
              });
      return token;
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new ConfigException(
          "the join token is damaged (%s); copy all of it".formatted(e.getMessage()), e);
    }
  }
}
