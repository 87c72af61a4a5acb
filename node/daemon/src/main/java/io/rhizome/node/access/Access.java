// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.access;

import io.rhizome.gossip.Bytes;
import io.rhizome.node.access.AccessException.Reason;
import io.rhizome.node.policy.PolicyRecord;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.PolicyStore;
import io.rhizome.node.policy.PolicyWatcher;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask this node for what, by policy as this node has it. A {@link Door} asks who calls at a
 * call's head, and {@link #admit} is asked before a prediction runs. Counts of requests and of
 * wrong keys are this node's alone: a tenant that enters the mesh by two nodes has its limits
 * twice.
 *
 * <p>Any thread; nothing blocks.
 */
public final class Access implements AutoCloseable {
  private static final long AGE_SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final LongSupplier policyAgeNanos;
  private final String region;
  private final LongSupplier nanoTime;
  private final LongSupplier wallMillis;
  private final KeyCheck keyCheck;
  private final WrongKeys wrongKeys = new WrongKeys();
  private final Map<String, TenantUse> uses = new ConcurrentHashMap<>();
  private volatile AccessIndex index = AccessIndex.EMPTY;
  private volatile AgeSample age = new AgeSample(0, Long.MIN_VALUE);
  private Runnable stop = () -> {};

  private record AgeSample(long ageNanos, long atNanos) {}

  /** A request that was let in; tells when it ended, once. */
  @FunctionalInterface
  public interface Permit {
    /** It ended. */
    void end();
  }

  private Access(
      LongSupplier policyAgeNanos,
      String region,
      LongSupplier nanoTime,
      LongSupplier wallMillis,
      KeyCheck keyCheck) {
    this.policyAgeNanos = policyAgeNanos;
    this.region = region;
    this.nanoTime = nanoTime;
    this.wallMillis = wallMillis;
    this.keyCheck = keyCheck;
  }

  /**
   * By that policy, from now on.
   *
   * @param region where requests come from whose key does not say: this node's admitted region;
   *     empty for none
   * @param nanoTime such as {@link System#nanoTime}
   * @param wallMillis such as {@link System#currentTimeMillis}; only keys that expire look at it
   */
  public static Access over(
      PolicyStore store, String region, LongSupplier nanoTime, LongSupplier wallMillis) {
    return over(store, region, nanoTime, wallMillis, new KeyCheck(ApiKey::sha256));
  }

  static Access over(
      PolicyStore store,
      String region,
      LongSupplier nanoTime,
      LongSupplier wallMillis,
      KeyCheck keyCheck) {
    Access access =
        new Access(() -> store.status().ageNanos(), region, nanoTime, wallMillis, keyCheck);
    access.stop = store.watch(0, access.new Follower());
    return access;
  }

  private final class Follower implements PolicyWatcher {
    @Override
    public void onRecord(PolicyRecord record) {
      take(index.with(record));
    }

    @Override
    public void onSnapshot(PolicySnapshot now) {
      take(AccessIndex.of(now));
    }

    private void take(AccessIndex next) {
      index = next;
      uses.keySet().retainAll(next.tenants().keySet());
    }
  }

  /**
   * Says who calls.
   *
   * @param keysByDefault whether the door is one where clients need keys unless policy opens it:
   *     one that is not on loopback
   * @param from the client's address
   * @param shown the key as it came, if one came; a wrong one is refused wherever it is shown
   * @param certificate SHA-256 of the public key of the client's certificate, if it has one; it
   *     counts where no key is shown
   */
  Caller identify(
      boolean keysByDefault, InetAddress from, @Nullable String shown, @Nullable Bytes certificate)
      throws AccessException {
    AccessIndex policy = index;
    ApiKey key;
    if (shown != null) {
      key = ofSecret(policy, from, shown);
    } else if (certificate != null) {
      key = ofCertificate(policy, certificate);
    } else {
      return anonymous(policy, keysByDefault);
    }
    requireCurrent(policy, key);
    if (policy.tenant(key.tenant()).isEmpty()) {
      throw new AccessException(
          Reason.NOT_ALLOWED,
          "API key %s is of tenant '%s', which policy does not have; an operator declares it with: rhizome apply"
              .formatted(key.id(), key.tenant()));
    }
    return new Caller(key.tenant(), key.origin().isEmpty() ? region : key.origin(), key.role());
  }

  private Caller anonymous(AccessIndex policy, boolean keysByDefault) throws AccessException {
    if (policy.keysRequired(keysByDefault)) {
      throw new AccessException(
          Reason.NO_KEY,
          "this call needs an API key: send 'authorization: Bearer rzk1...'; an operator makes one"
              + " with: rhizome key create");
    }
    return Caller.anonymous(region);
  }

  private static ApiKey ofCertificate(AccessIndex policy, Bytes certificate)
      throws AccessException {
    ApiKey key = policy.certificates().get(certificate);
    if (key == null) {
      throw new AccessException(
          Reason.NO_KEY,
          "no API key is of this client certificate; an operator makes one with: rhizome key create NAME --tenant T --certificate FILE");
    }
    return key;
  }

  private ApiKey ofSecret(AccessIndex policy, InetAddress from, String shown)
      throws AccessException {
    long now = nanoTime.getAsLong();
    if (wrongKeys.exhausted(from, now)) {
      throw new AccessException(
          Reason.TOO_MANY, "too many wrong API keys from this address; wait a few seconds");
    }
    Optional<KeyText> text = KeyText.parse(shown);
    if (text.isEmpty()) {
      wrongKeys.add(from, now);
      throw new AccessException(
          Reason.NO_KEY, "an API key has the form rzk1.ID.SECRET; this one has another");
    }
    Optional<ApiKey> known = keyCheck.find(policy.keys(), text.get());
    if (known.isEmpty()) {
      wrongKeys.add(from, now);
      throw new AccessException(
          Reason.NO_KEY,
          "this API key opens nothing here; was it deleted, or is it another mesh's?");
    }
    return known.get();
  }

  private void requireCurrent(AccessIndex policy, ApiKey key) throws AccessException {
    // A node whose clock is years behind still knows that no record of policy is from the future.
    if (Math.max(wallMillis.getAsLong(), policy.stampMillis()) >= key.expiresMillis()) {
      throw new AccessException(
          Reason.NO_KEY,
          "API key %s expired at %s; an operator makes another with: rhizome key create"
              .formatted(key.id(), Instant.ofEpochMilli(key.expiresMillis())));
    }
  }

  /**
   * Lets a prediction in, if policy is young enough and the caller's tenant may have it now.
   *
   * @return to be told when it ended
   */
  public Permit admit(Caller caller, String model) throws AccessException {
    AccessIndex policy = index;
    requireAge(policy, model);
    if (caller.tenant().isEmpty()) {
      return () -> {};
    }
    TenantRules rules = requireModel(policy, caller.tenant(), model);
    TenantUse use = uses.computeIfAbsent(caller.tenant(), TenantUse::new);
    use.begin(rules, nanoTime.getAsLong());
    return use::end;
  }

  /** How many of the caller's jobs may be on their way at a site. */
  public int maxJobs(Caller caller) {
    return index.tenant(caller.tenant()).map(TenantRules::jobs).orElse(Integer.MAX_VALUE);
  }

  /**
   * Checks anew what a peer has checked, by this node's policy; limits were the entry node's to
   * keep.
   *
   * @param tenant empty for nobody's
   */
  public void recheck(String tenant, String model) throws AccessException {
    AccessIndex policy = index;
    requireAge(policy, model);
    if (!tenant.isEmpty()) {
      TenantRules unused = requireModel(policy, tenant, model);
    }
  }

  private static TenantRules requireModel(AccessIndex policy, String tenant, String model)
      throws AccessException {
    Optional<TenantRules> rules = policy.tenant(tenant);
    if (rules.isEmpty()) {
      throw new AccessException(
          Reason.STALE_POLICY, "policy at this node does not have tenant '%s'".formatted(tenant));
    }
    if (!rules.get().mayUse(model)) {
      throw new AccessException(
          Reason.NOT_ALLOWED, "tenant '%s' may not use model '%s'".formatted(tenant, model));
    }
    return rules.get();
  }

  private void requireAge(AccessIndex policy, String model) throws AccessException {
    long most = policy.maxAgeNanos(model);
    if (most != Long.MAX_VALUE) {
      PolicyAge.require(ageNanos(), most, model);
    }
  }

  /**
   * What clients are told of policy's age: seconds, or {@code unknown}; empty while it is young.
   */
  public Optional<String> policyAge() {
    return PolicyAge.told(ageNanos());
  }

  private long ageNanos() {
    long now = nanoTime.getAsLong();
    AgeSample known = age;
    if (known.atNanos() == Long.MIN_VALUE || now - known.atNanos() >= AGE_SAMPLE_NANOS) {
      known = new AgeSample(policyAgeNanos.getAsLong(), now);
      age = known;
    }
    return known.ageNanos() == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : known.ageNanos() + Math.max(0, now - known.atNanos());
  }

  /** Follows policy no longer. */
  @Override
  public void close() {
    stop.run();
  }
}
