// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import io.rhizome.scheduler.Router;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Every router that a {@code Route} may name: those built in, and those that somebody added. The
 * driver finds the latter once:
 *
 * <pre>
 * new Routers(ServiceLoader.load(Router.class).stream().toList())
 * </pre>
 *
 * <p>Immutable; any thread.
 */
public final class Routers {
  /** The name of the router where nobody chose one. */
  public static final String DEFAULT = "hot_cold";

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");

  private final SortedMap<String, Supplier<? extends Router>> byName = new TreeMap<>();

  /**
   * Those built in and these.
   *
   * @param found each makes a new instance at each call
   * @throws IllegalArgumentException where one has no proper name, or one that another has
   */
  public Routers(Iterable<? extends Supplier<? extends Router>> found) {
    add(C3::new);
    add(HotCold::new);
    add(LeastRequest::new);
    add(PeakEwma::new);
    add(PowerOfTwoChoices::new);
    add(Prequal::new);
    add(RandomChoice::new);
    add(RingHash::new);
    add(RoundRobin::new);
    add(Weighted::new);
    add(ZoneAware::new);
    found.forEach(this::add);
  }

  private void add(Supplier<? extends Router> factory) {
    Router router = factory.get();
    String name = router.name();
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "router " + router.getClass().getName() + ": '" + name + "' is no name such as hot_cold");
    }
    Supplier<? extends Router> other = byName.putIfAbsent(name, factory);
    if (other != null) {
      throw new IllegalArgumentException(
          "two routers are named '"
              + name
              + "': "
              + other.get().getClass().getName()
              + " and "
              + router.getClass().getName());
    }
  }

  /** The names that there are. */
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(byName.keySet()));
  }

  /**
   * A new router of that name with these parameters, which shares no state with any other.
   *
   * @throws IllegalArgumentException naming those that there are, or the parameter that is unknown
   *     or out of range
   */
  public Router create(String name, SortedMap<String, String> parameters) {
    Supplier<? extends Router> factory = byName.get(name);
    if (factory == null) {
      throw new IllegalArgumentException(
          "there is no router '" + name + "'; there are " + byName.keySet());
    }
    return factory.get().with(parameters);
  }
}
