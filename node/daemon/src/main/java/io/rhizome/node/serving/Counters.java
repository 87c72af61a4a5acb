// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.scheduler.Failure;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** How requests went at this node since it started. Any thread. */
public final class Counters {
  /** Models beyond this many are counted together, as {@link #OTHERS}. */
  static final int MAX_MODELS = 1_000;

  /** Stands for every model that found no place of its own. */
  static final ModelKey OTHERS = new ModelKey("(others)", 0);

  private final LongSupplier wallMillis;
  private final LongSupplier ejections;
  private final LongAdder served = new LongAdder();
  private final LongAdder forwarded = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final LongAdder hops = new LongAdder();
  private final LatencyHistogram fromClients = new LatencyHistogram();
  private final LatencyHistogram fromPeers = new LatencyHistogram();
  private final CountByKind<ErrorCode> failures = new CountByKind<>(ErrorCode.class);
  private final CountByKind<Failure.Kind> rejectedHere = new CountByKind<>(Failure.Kind.class);
  private final CountByKind<Failure.Kind> rejectedByPeers = new CountByKind<>(Failure.Kind.class);
  private final ConcurrentMap<ModelKey, ModelCounters> models = new ConcurrentHashMap<>();

  /**
   * One version of a model.
   *
   * @param model its name
   * @param version its version counter
   */
  public record ModelKey(String model, long version) implements Comparable<ModelKey> {
    @Override
    public int compareTo(ModelKey other) {
      int byName = model.compareTo(other.model);
      return byName != 0 ? byName : Long.compare(version, other.version);
    }
  }

  /**
   * Nothing counted yet.
   *
   * @param wallMillis milliseconds since 1970
   * @param ejections how often a peer was left out
   */
  Counters(LongSupplier wallMillis, LongSupplier ejections) {
    this.wallMillis = wallMillis;
    this.ejections = ejections;
  }

  void addAnswered(boolean here) {
    (here ? served : forwarded).increment();
  }

  void addFailed(ErrorCode code) {
    failures.increment(code);
  }

  void addEnded(boolean fromClient, long nanos) {
    (fromClient ? fromClients : fromPeers).add(nanos);
  }

  void addRetry() {
    retries.increment();
  }

  void addHop() {
    hops.increment();
  }

  void addRejection(boolean here, Failure.Kind kind) {
    (here ? rejectedHere : rejectedByPeers).increment(kind);
  }

  /** The counters of a model that is loaded here; never ask for a name that a client made up. */
  ModelCounters model(String name, long version) {
    ModelKey key = new ModelKey(name, version);
    ModelCounters known = models.get(key);
    if (known != null) {
      return known;
    }
    return models.computeIfAbsent(
        models.size() < MAX_MODELS ? key : OTHERS, any -> new ModelCounters(wallMillis));
  }

  /** Requests answered by this node's own executor. */
  public long served() {
    return served.sum();
  }

  /** Requests answered by a peer that this node forwarded to. */
  public long forwarded() {
    return forwarded.sum();
  }

  /** Requests that ended without an answer. */
  public long failed() {
    return failures.sum();
  }

  /** Requests that ended without an answer, for that reason. */
  public long failed(ErrorCode code) {
    return failures.sum(code);
  }

  /** Attempts after the first of a request. */
  public long retries() {
    return retries.sum();
  }

  /** Attempts sent to peers. */
  public long hops() {
    return hops.sum();
  }

  /** How often a peer was left out because attempts there failed. */
  public long ejections() {
    return ejections.getAsLong();
  }

  /** From arrival to end, hops included, of requests that clients sent here. */
  public LatencyHistogram fromClients() {
    return fromClients;
  }

  /** From arrival to end, further hops included, of requests that peers forwarded here. */
  public LatencyHistogram fromPeers() {
    return fromPeers;
  }

  /** Attempts that this node's own executor did not answer, by why. */
  public long rejectedHere(Failure.Kind kind) {
    return rejectedHere.sum(kind);
  }

  /** Attempts that peers did not answer, by why. */
  public long rejectedByPeers(Failure.Kind kind) {
    return rejectedByPeers.sum(kind);
  }

  /** What this node's own executor did, by model: a copy, of live counters. */
  public SortedMap<ModelKey, ModelCounters> models() {
    return new TreeMap<>(models);
  }
}
