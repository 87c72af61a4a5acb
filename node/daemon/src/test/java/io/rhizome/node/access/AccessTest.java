// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.gossip.Bytes;
import io.rhizome.node.access.AccessException.Reason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Keys, roles and tenants' limits, by policy. */
class AccessTest {
  private static final long STAMP_MILLIS = 1_700_000_000_000L;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final InetSocketAddress HERE = address("192.0.2.1");
  private static final InetSocketAddress ELSEWHERE = address("192.0.2.2");

  private final TestPolicy policy = new TestPolicy(STAMP_MILLIS);
  private long nanos = 5 * SECOND;
  private long wallMillis = STAMP_MILLIS;
  private int hashed;
  private final Access access =
      Access.over(
          policy.store(),
          "here",
          () -> nanos,
          () -> wallMillis,
          new KeyCheck(
              secret -> {
                hashed++;
                return ApiKey.sha256(secret);
              }));
  private final Door onLoopback = new Door(access, false);
  private final Door offLoopback = new Door(access, true);

  private static InetSocketAddress address(String text) {
    try {
      return new InetSocketAddress(InetAddress.getByName(text), 4711);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private Caller infer(@Nullable String key) throws AccessException {
    return offLoopback.require(Right.INFER, HERE, key, null);
  }

  private static void refused(Reason reason, String part, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            AccessException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(part);
  }

  @Test
  void aKeySaysWhoseTheRequestIsAndWhereItComesFrom() throws Exception {
    String key = policy.key("acme", Role.CLIENT);
    String abroad = policy.key("acme", Role.CLIENT, "abroad", ApiKey.NEVER);

    assertThat(infer(key)).isEqualTo(new Caller("acme", "here", Role.CLIENT));
    assertThat(infer(abroad).origin()).isEqualTo("abroad");
  }

  @Test
  void offLoopbackAKeyIsNeededAndOnLoopbackNot() throws Exception {
    refused(Reason.NO_KEY, "rhizome key create", () -> infer(null));
    assertThat(onLoopback.require(Right.INFER, HERE, null, null).tenant()).isEmpty();
    assertThat(onLoopback.require(Right.OBSERVE, HERE, null, null).role()).isNull();
  }

  @Test
  void theMeshMayAskForKeysEverywhereOrNowhere() throws Exception {
    policy.put("Mesh", "mesh", "{\"clients\":\"keys\"}");
    refused(Reason.NO_KEY, "API key", () -> onLoopback.require(Right.INFER, HERE, null, null));
    policy.put("Mesh", "mesh", "{\"clients\":\"open\"}");
    assertThat(infer(null).role()).isNull();
    policy.put("Mesh", "other", "{\"clients\":\"keys\"}");
    refused(Reason.NO_KEY, "API key", () -> infer(null));
    policy.delete("Mesh", "other");
    policy.put("Mesh", "mesh", "{\"voters\":3}");
    refused(Reason.NO_KEY, "API key", () -> infer(null));
  }

  @Test
  void aWrongKeyIsRefusedEvenWhereNoneIsNeeded() {
    refused(
        Reason.NO_KEY,
        "opens nothing",
        () -> onLoopback.require(Right.INFER, HERE, KeyText.draw(new Random(9)).text(), null));
    refused(Reason.NO_KEY, "form", () -> onLoopback.require(Right.INFER, HERE, "rzk1.short", null));
  }

  @Test
  void eachRoleHasItsRightsAndNoMore() throws Exception {
    String client = policy.key("acme", Role.CLIENT);
    String viewer = policy.key("acme", Role.VIEWER);
    List<Right> clients = new ArrayList<>();
    List<Right> viewers = new ArrayList<>();
    for (Right right : Right.values()) {
      if (allowed(right, client)) {
        clients.add(right);
      }
      if (allowed(right, viewer)) {
        viewers.add(right);
      }
    }

    assertThat(clients).containsExactly(Right.INFER, Right.MODELS, Right.CONTROL);
    assertThat(viewers).containsExactly(Right.MODELS, Right.OBSERVE, Right.READ_POLICY);
    refused(Reason.NOT_ALLOWED, "role viewer is not for inference", () -> infer(viewer));
    refused(
        Reason.NO_KEY,
        "operator's proof",
        () -> onLoopback.require(Right.READ_POLICY, HERE, null, null));
  }

  private boolean allowed(Right right, String key) {
    try {
      return offLoopback.require(right, HERE, key, null).role() != null;
    } catch (AccessException e) {
      assertThat(e.reason()).isEqualTo(Reason.NOT_ALLOWED);
      return false;
    }
  }

  @Test
  void aDeletedKeyAndOneOfADeletedTenantOpenNothing() throws Exception {
    String key = policy.key("acme", Role.CLIENT);
    String other = policy.key("other", Role.CLIENT);
    policy.delete(ApiKey.KIND, key.substring(5, 21));
    refused(Reason.NO_KEY, "opens nothing", () -> infer(key));
    policy.delete("Tenant", "other");
    refused(Reason.NOT_ALLOWED, "tenant 'other', which policy does not have", () -> infer(other));
  }

  @Test
  void aKeyExpiresByTheClockAndByPolicysStampWhereTheClockIsBehind() throws Exception {
    policy.put("Tenant", "acme", "{}");
    String key = policy.key("acme", Role.CLIENT, "", STAMP_MILLIS + 1000);
    wallMillis = 0;
    assertThat(infer(key).tenant()).isEqualTo("acme");
    wallMillis = STAMP_MILLIS + 1000;
    refused(Reason.NO_KEY, "expired at 2023-11-14", () -> infer(key));

    wallMillis = 0;
    String old = policy.key("acme", Role.CLIENT, "", STAMP_MILLIS - 1000);
    refused(Reason.NO_KEY, "expired", () -> infer(old));
  }

  @Test
  void anUnknownIdTakesTheSameStepsAndGetsTheSameAnswerAsAWrongSecret() {
    String key = policy.key("acme", Role.CLIENT);
    String stranger = KeyText.draw(new Random(9)).text();
    String wrongSecret = key.substring(0, 22) + stranger.substring(22);

    String first = refusal(wrongSecret);
    assertThat(hashed).isEqualTo(1);
    String second = refusal(stranger);
    assertThat(hashed).isEqualTo(2);
    assertThat(second).isEqualTo(first);
  }

  private String refusal(String key) {
    try {
      return infer(key).toString();
    } catch (AccessException e) {
      return e.reason() + " " + e.getMessage();
    }
  }

  @Test
  void tenThousandWrongKeysCostTwentyHashesAndTroubleNobodyElse() throws Exception {
    String good = policy.key("acme", Role.CLIENT);
    Random random = new Random(3);
    int waits = 0;
    for (int i = 0; i < 10_000; i++) {
      if (refusal(KeyText.draw(random).text()).startsWith("TOO_MANY")) {
        waits++;
      }
    }

    assertThat(hashed).isEqualTo(WrongKeys.BURST);
    assertThat(waits).isEqualTo(10_000 - WrongKeys.BURST);
    refused(Reason.TOO_MANY, "too many wrong API keys", () -> infer(good));
    assertThat(offLoopback.require(Right.INFER, ELSEWHERE, good, null).tenant()).isEqualTo("acme");
    nanos += SECOND;
    assertThat(infer(good).tenant()).isEqualTo("acme");
  }

  @Test
  void wrongKeysAreRememberedOfABoundedNumberOfAddresses() throws Exception {
    WrongKeys wrong = new WrongKeys();
    for (int i = 0; i < 3 * WrongKeys.MAX_ADDRESSES; i++) {
      wrong.add(
          InetAddress.getByAddress(new byte[] {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i}),
          nanos);
    }
    assertThat(wrong.size()).isEqualTo(WrongKeys.MAX_ADDRESSES);

    InetAddress one = InetAddress.getByName("2001:db8::1");
    for (int i = 0; i < WrongKeys.BURST; i++) {
      wrong.add(one, nanos);
    }
    assertThat(wrong.exhausted(InetAddress.getByName("2001:db8::2"), nanos)).isTrue();
    assertThat(wrong.exhausted(InetAddress.getByName("2001:db8:0:1::1"), nanos)).isFalse();
    assertThat(wrong.exhausted(one, nanos + SECOND)).isFalse();
  }

  @Test
  void aCertificateStandsForTheKeyThatNamesItAndForNoOther() throws Exception {
    Bytes certificate = ApiKey.sha256(Bytes.of(new byte[] {1}));
    Bytes stranger = ApiKey.sha256(Bytes.of(new byte[] {2}));
    policy.put("Tenant", "acme", "{}");
    policy.certificate("acme", Role.VIEWER, certificate);

    assertThat(offLoopback.require(Right.OBSERVE, HERE, null, certificate))
        .isEqualTo(new Caller("acme", "here", Role.VIEWER));
    refused(
        Reason.NO_KEY,
        "no API key is of this client certificate",
        () -> onLoopback.require(Right.OBSERVE, HERE, null, stranger));
    String key = policy.key("acme", Role.CLIENT);
    assertThat(offLoopback.require(Right.INFER, HERE, key, stranger).role()).isEqualTo(Role.CLIENT);
  }

  @Test
  void aTenantUsesOnlyItsModels() throws Exception {
    String key = policy.key("acme", Role.CLIENT);
    policy.put("Tenant", "acme", "{\"models\":[\"digits\"]}");
    Caller caller = infer(key);

    access.admit(caller, "digits").end();
    refused(
        Reason.NOT_ALLOWED,
        "tenant 'acme' may not use model 'other'",
        () -> access.admit(caller, "other"));
    access.recheck("acme", "digits");
    refused(Reason.NOT_ALLOWED, "may not use", () -> access.recheck("acme", "other"));
    refused(Reason.STALE_POLICY, "does not have tenant", () -> access.recheck("new", "digits"));
    access.recheck("", "other");
  }

  @Test
  void aTenantHasItsRateAndGetsItBackWithTime() throws Exception {
    String key = policy.key("acme", Role.CLIENT);
    policy.put("Tenant", "acme", "{\"rate\":2}");
    Caller caller = infer(key);

    access.admit(caller, "m").end();
    access.admit(caller, "m").end();
    refused(
        Reason.TOO_MANY, "over its 2.0 requests a second", () -> access.admit(caller, "m").end());
    nanos += SECOND / 2;
    access.admit(caller, "m").end();
    refused(Reason.TOO_MANY, "over its", () -> access.admit(caller, "m").end());

    policy.put("Tenant", "acme", "{\"rate\":0}");
    refused(Reason.TOO_MANY, "over its 0.0", () -> access.admit(caller, "m").end());
    policy.put("Tenant", "acme", "{}");
    access.admit(caller, "m").end();
  }

  @Test
  void aTenantHasSoManyRequestsAtOnceAndNoMore() throws Exception {
    String key = policy.key("acme", Role.CLIENT);
    policy.put("Tenant", "acme", "{\"concurrency\":2}");
    Caller caller = infer(key);

    Access.Permit first = access.admit(caller, "m");
    Access.Permit second = access.admit(caller, "m");
    refused(Reason.TOO_MANY, "2 requests running", () -> access.admit(caller, "m").end());
    first.end();
    access.admit(caller, "m").end();
    second.end();
  }

  @Test
  void requestsAreRefusedWherePolicyIsOlderThanItMayBe() throws Exception {
    Caller nobody = onLoopback.require(Right.INFER, HERE, null, null);
    policy.put("Route", "strict", "{\"maxPolicyAge\":\"30s\",\"models\":\"med-*\"}");
    policy.age(29 * SECOND);
    access.admit(nobody, "med-1").end();
    assertThat(access.policyAge()).contains("29");

    nanos += 2 * SECOND;
    policy.age(31 * SECOND);
    refused(
        Reason.STALE_POLICY,
        "policy at this node is 31 s old: no majority is in reach; 'med-1' may be served with"
            + " policy of at most 30000 ms",
        () -> access.admit(nobody, "med-1").end());
    refused(Reason.STALE_POLICY, "old", () -> access.recheck("", "med-1"));
    access.admit(nobody, "digits").end();

    policy.put("Mesh", "mesh", "{\"policy\":{\"maxAge\":\"10s\"}}");
    refused(Reason.STALE_POLICY, "10000 ms", () -> access.admit(nobody, "digits").end());
  }

  @Test
  void policyThatWasNeverConfirmedIsTooOldForAnyRuleAndYoungPolicyIsNotMentioned()
      throws Exception {
    assertThat(access.policyAge()).isEmpty();
    nanos += SECOND;
    policy.age(Long.MAX_VALUE);
    assertThat(access.policyAge()).contains("unknown");
    Caller nobody = onLoopback.require(Right.INFER, HERE, null, null);
    access.admit(nobody, "digits").end();
    policy.put("Mesh", "mesh", "{\"policy\":{\"maxAge\":\"24h\"}}");
    refused(
        Reason.STALE_POLICY,
        "has not been confirmed since it started",
        () -> access.admit(nobody, "digits").end());
  }

  @Test
  void aKeyIsShownInEitherHeaderAndOtherCredentialsAreNoKeys() {
    assertThat(KeyText.shown("Bearer rzk1.a.b", null)).isEqualTo("rzk1.a.b");
    assertThat(KeyText.shown("bearer rzk1.a.b", null)).isEqualTo("rzk1.a.b");
    assertThat(KeyText.shown(null, "rzk1.a.b")).isEqualTo("rzk1.a.b");
    assertThat(KeyText.shown("Basic cnprMQ==", "rzk1.a.b")).isEqualTo("rzk1.a.b");
    assertThat(KeyText.shown("Bearer eyJ", "sk-1")).isNull();
    assertThat(KeyText.shown(null, null)).isNull();
  }

  @Test
  void aKeysTextIsReadBackAndShowsItsSecretToNobodyElse() {
    KeyText key = KeyText.draw(new Random(4));
    assertThat(KeyText.parse(key.text())).contains(key);
    assertThat(key.toString()).isEqualTo("rzk1." + key.id());
    assertThat(KeyText.parse(key.text() + "A")).isEmpty();
    assertThat(KeyText.parse(key.text().toUpperCase(Locale.ROOT))).isEmpty();
  }
}
