// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.scenario;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.rhizome.simulator.routing.Antagonist;
import io.rhizome.simulator.routing.Setup;
import io.rhizome.simulator.routing.Trial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Servers, each of which is an entry too, and requests that come to them at random moments and take
 * exponential times to run: for routers to be compared by. Durations are written as {@code 500us},
 * {@code 100ms}, {@code 10s}, {@code 5m}; shares as {@code 30%} or {@code 0.3}.
 *
 * @param name one word
 * @param about one sentence: what it shows
 * @param servers how many, where there are no regions
 * @param load what comes in of what they can do on average, where there are no regions
 * @param regions groups of servers far from each other; each has servers and load of its own
 * @param workers what each server runs at once
 * @param service mean run time of a request on an undisturbed worker of full speed
 * @param slow servers of less than full speed, evenly among the others; none where it is not given
 * @param antagonists others' work on every server; none where it is not given
 * @param cold servers that start with the model on disk only, evenly among the others; none where
 *     it is not given
 * @param rtt round trip between servers of one region; 500us where it is not given
 * @param apart round trip between servers of different regions
 * @param jitter share that a message takes longer at most; 0.2 where it is not given
 * @param loss share of messages that a packet is lost of; none where it is not given
 * @param repeatable whether a request may run twice; without, no hedge or retry hides what the
 *     router chose
 * @param deadline after how long clients stop waiting; 10s where it is not given
 * @param warmUp how long requests come before they count; 10s where it is not given
 * @param requests about how many count
 */
@JsonIgnoreProperties("kind")
public record RoutingScenario(
    String name,
    String about,
    int servers,
    @Nullable Multiple load,
    List<Region> regions,
    int workers,
    Duration service,
    @Nullable Slow slow,
    @Nullable Antagonists antagonists,
    @Nullable Cold cold,
    Duration rtt,
    @Nullable Duration apart,
    Share jitter,
    Share loss,
    boolean repeatable,
    Duration deadline,
    Duration warmUp,
    int requests)
    implements AnyScenario {
  private static final int MAX_SERVERS = 5_000;
  private static final int MAX_WORKERS = 1_000;
  private static final int MAX_REQUESTS = 10_000_000;
  private static final int QUEUE_CAPACITY = 256;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final Duration MAX_SERVICE = Duration.ofMinutes(10);
  private static final Duration MAX_DURATION = Duration.ofHours(1);

  /**
   * Servers in one place.
   *
   * @param name of the place, as routers see it
   * @param servers how many
   * @param load what comes in there, of what these can do on average
   */
  public record Region(String name, int servers, Multiple load) {
    public Region {
      if (name == null || name.isBlank()) {
        throw new IllegalArgumentException("name is missing; write for example name: eu");
      }
      requireServers(servers);
      if (load == null) {
        throw new IllegalArgumentException("load is missing; write for example load: 90%");
      }
    }
  }

  /**
   * Slow servers.
   *
   * @param share how many of all
   * @param speed how fast, of full speed
   */
  public record Slow(Share share, Share speed) {
    public Slow {
      if (share == null) {
        throw new IllegalArgumentException("share is missing; write for example share: 50%");
      }
      if (speed == null || speed.value() <= 0) {
        throw new IllegalArgumentException("speed must be above 0; write for example speed: 50%");
      }
    }
  }

  /**
   * Servers that load the model when a request needs it, one at a time: while none has it loaded,
   * all requests wait for one of them.
   *
   * @param share how many of all
   * @param loading how long that takes
   */
  public record Cold(Share share, Duration loading) {
    public Cold {
      if (share == null) {
        throw new IllegalArgumentException("share is missing; write for example share: 100%");
      }
      if (loading == null || loading.isZero() || loading.compareTo(MAX_DURATION) > 0) {
        throw new IllegalArgumentException(
            "loading must be above 0 and at most 60 m; write for example loading: 3s");
      }
    }
  }

  /**
   * Others' work: takes a random part of a server, another after an exponential time.
   *
   * @param least the least that it takes; nothing where it is not given
   * @param most the most
   * @param lasts for how long on average
   */
  public record Antagonists(Share least, Share most, Duration lasts) {
    /**
     * Fills in what the file left out.
     *
     * @throws IllegalArgumentException naming the field and the cure
     */
    public Antagonists(@Nullable Share least, @Nullable Share most, @Nullable Duration lasts) {
      this.least = Objects.requireNonNullElse(least, new Share(0));
      if (most == null || most.value() >= 1 || most.value() < this.least.value()) {
        throw new IllegalArgumentException(
            "most must be from least to below 100%; write for example most: 50%");
      }
      if (lasts == null || lasts.isZero()) {
        throw new IllegalArgumentException("lasts must be above 0; write for example lasts: 10s");
      }
      this.most = most;
      this.lasts = lasts;
    }
  }

  /**
   * Fills in what the file left out.
   *
   * @throws IllegalArgumentException naming the field and the cure
   */
  public RoutingScenario(
      @Nullable String name,
      @Nullable String about,
      int servers,
      @Nullable Multiple load,
      @Nullable List<Region> regions,
      int workers,
      @Nullable Duration service,
      @Nullable Slow slow,
      @Nullable Antagonists antagonists,
      @Nullable Cold cold,
      @Nullable Duration rtt,
      @Nullable Duration apart,
      @Nullable Share jitter,
      @Nullable Share loss,
      boolean repeatable,
      @Nullable Duration deadline,
      @Nullable Duration warmUp,
      int requests) {
    this.name = Objects.requireNonNullElse(name, "routing");
    this.about = Objects.requireNonNullElse(about, "");
    this.servers = servers;
    this.load = load;
    this.regions = regions == null ? List.of() : List.copyOf(regions);
    this.workers = workers;
    this.slow = slow;
    this.antagonists = antagonists;
    this.cold = cold;
    this.rtt = Objects.requireNonNullElse(rtt, Duration.ofNanos(500_000));
    this.apart = apart;
    this.jitter = Objects.requireNonNullElse(jitter, new Share(0.2));
    this.loss = Objects.requireNonNullElse(loss, new Share(0));
    this.repeatable = repeatable;
    this.warmUp = Objects.requireNonNullElse(warmUp, Duration.ofSeconds(10));
    this.requests = requests;
    requirePlaces();
    requireRange("workers", workers, MAX_WORKERS, "workers: 4");
    this.service = within("service", service, null, "service: 100ms");
    this.deadline = within("deadline", deadline, Duration.ofSeconds(10), "deadline: 10s");
    requireRange("requests", requests, MAX_REQUESTS, "requests: 20000");
    double before = this.warmUp.toNanos() / NANOS_PER_SECOND * perSecond();
    if (before > MAX_REQUESTS) {
      throw new IllegalArgumentException(
          "warmUp is %.0f requests long, more than %d; write for example warmUp: 10s"
              .formatted(before, MAX_REQUESTS));
    }
  }

  private static Duration within(
      String field, @Nullable Duration given, @Nullable Duration absent, String example) {
    Duration value = given == null ? absent : given;
    Duration most = field.equals("service") ? MAX_SERVICE : MAX_DURATION;
    if (value == null || value.isZero() || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "%s must be above 0 and at most %d m; write for example %s"
              .formatted(field, most.toMinutes(), example));
    }
    return value;
  }

  private void requirePlaces() {
    if (regions.isEmpty()) {
      requireServers(servers);
      if (load == null) {
        throw new IllegalArgumentException("load is missing; write for example load: 90%");
      }
      if (apart != null) {
        throw new IllegalArgumentException("apart is for regions, and there are none; remove it");
      }
      return;
    }
    if (servers != 0 || load != null) {
      String which = servers != 0 ? "servers" : "load";
      throw new IllegalArgumentException(
          which + " stands in each region where there are regions; remove it here");
    }
    SortedSet<String> names = new TreeSet<>();
    for (Region region : regions) {
      if (!names.add(region.name())) {
        throw new IllegalArgumentException(
            "regions has two named '" + region.name() + "'; give each a name of its own");
      }
    }
    requireRange("regions", totalServers(), MAX_SERVERS, "servers: 10 in each");
    if (apart == null && regions.size() > 1) {
      throw new IllegalArgumentException("apart is missing; write for example apart: 120ms");
    }
  }

  private static void requireServers(int servers) {
    requireRange("servers", servers, MAX_SERVERS, "servers: 100");
  }

  private static void requireRange(String field, int value, int most, String example) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          "%s must be 1 to %d, not %d; write for example %s"
              .formatted(field, most, value, example));
    }
  }

  private int totalServers() {
    return places().stream().mapToInt(Region::servers).sum();
  }

  /** The regions; one that has no name where there are none. */
  private List<Region> places() {
    Multiple all = load;
    return regions.isEmpty() && all != null ? List.of(new Region("-", servers, all)) : regions;
  }

  private double speed(int number) {
    Slow some = slow;
    if (some == null) {
      return 1;
    }
    return isOf(some.share(), number) ? some.speed().value() : 1;
  }

  /** Whether that one is among so many, evenly among the others. */
  private static boolean isOf(Share share, int number) {
    return Math.floor((number + 1) * share.value()) > Math.floor(number * share.value());
  }

  private Antagonist disturbance() {
    Antagonists others = antagonists;
    return others == null
        ? Antagonist.NONE
        : new Antagonist(others.least().value(), others.most().value(), others.lasts().toNanos());
  }

  /** Requests a second that all servers of a region can do on average. */
  private double capacity(Region region) {
    double speeds = 0;
    for (int i = 0; i < region.servers(); i++) {
      speeds += speed(i);
    }
    double left = disturbance().meanLeft();
    return speeds * workers * left * NANOS_PER_SECOND / service.toNanos();
  }

  /** Requests a second, everywhere together. */
  public double perSecond() {
    return places().stream().mapToDouble(place -> place.load().value() * capacity(place)).sum();
  }

  /** What runs it. */
  public Trial trial() {
    List<Setup.Spec> specs = new ArrayList<>();
    List<Double> weights = new ArrayList<>();
    List<Integer> regionOf = new ArrayList<>();
    List<Region> places = places();
    for (int place = 0; place < places.size(); place++) {
      Region region = places.get(place);
      String named = regions.isEmpty() ? "" : region.name();
      for (int i = 0; i < region.servers(); i++) {
        boolean isCold = cold != null && isOf(cold.share(), i);
        specs.add(new Setup.Spec(workers, speed(i), disturbance(), named, isCold));
        weights.add(region.load().value() * capacity(region) / region.servers());
        regionOf.add(place);
      }
    }
    long near = rtt.toNanos();
    long far = apart == null ? near : apart.toNanos();
    Setup setup =
        new Setup(
            specs,
            (from, to) -> from == to ? 0 : regionOf.get(from).equals(regionOf.get(to)) ? near : far,
            jitter.value(),
            loss.value(),
            true,
            QUEUE_CAPACITY,
            service.toNanos(),
            Setup.NO_BOARD,
            cold == null ? 0 : cold.loading().toNanos());
    return new Trial(
        setup,
        weights,
        perSecond(),
        repeatable,
        deadline.toNanos(),
        warmUp.toNanos(),
        Math.round(requests / perSecond() * NANOS_PER_SECOND));
  }
}
