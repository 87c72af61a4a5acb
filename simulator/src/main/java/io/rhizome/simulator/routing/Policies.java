// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.routers.Routers;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Every policy that may be compared: the routers that a {@code Route} may name, built in or found
 * on the class path; any class there that is a router; and those of the simulator that know all.
 */
public final class Policies {
  private static final List<String> KNOW_ALL = List.of(Policy.OMNISCIENT, Policy.LEAST_LOADED);

  private final Routers routers;

  /**
   * Looks at the class path.
   *
   * @throws IllegalArgumentException where a router that is there cannot be used, saying why
   */
  public Policies() {
    try {
      routers = new Routers(ServiceLoader.load(Router.class).stream().toList());
    } catch (ServiceConfigurationError e) {
      throw new IllegalArgumentException(
          "a router on the class path cannot be used: " + e.getMessage(), e);
    }
  }

  /** The names that there are. */
  public SortedSet<String> names() {
    SortedSet<String> names = new TreeSet<>(routers.names());
    names.addAll(KNOW_ALL);
    return names;
  }

  /**
   * The policy of that name, of that class, or of either with parameters.
   *
   * @param text such as {@code prequal}, {@code prequal:probes=5,quantile=0.9} or {@code
   *     com.example.MyRouter}
   * @throws IllegalArgumentException saying what is wrong with it, and what there is
   */
  public RoutingMesh.RouterSource find(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    SortedMap<String, String> parameters = new TreeMap<>();
    if (colon >= 0) {
      for (String pair : text.substring(colon + 1).split(",", -1)) {
        int equals = pair.indexOf('=');
        if (equals < 1) {
          throw new IllegalArgumentException(
              "'%s' is no parameter; write for example %s:probes=5".formatted(pair, name));
        }
        parameters.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    if (KNOW_ALL.contains(name)) {
      return knowingAll(name, parameters);
    }
    return name.indexOf('.') < 0 ? named(name, parameters) : ofClass(name, parameters);
  }

  private static RoutingMesh.RouterSource knowingAll(
      String name, SortedMap<String, String> parameters) {
    if (!parameters.isEmpty()) {
      throw new IllegalArgumentException("'" + name + "' has no parameters");
    }
    return Policy.of(name);
  }

  private RoutingMesh.RouterSource named(String name, SortedMap<String, String> parameters) {
    if (!routers.names().contains(name)) {
      throw new IllegalArgumentException(
          "there is no policy '%s'; there are %s; a class of yours needs its package's name too"
              .formatted(name, String.join(", ", names())));
    }
    Router unused = routers.create(name, parameters);
    return (mesh, node) -> routers.create(name, parameters);
  }

  private static RoutingMesh.RouterSource ofClass(
      String name, SortedMap<String, String> parameters) {
    Constructor<? extends Router> constructor;
    try {
      constructor = Class.forName(name).asSubclass(Router.class).getConstructor();
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(
          "no class '%s' is on the class path; put its jar beside those of the distribution"
              .formatted(name),
          e);
    } catch (ClassCastException e) {
      throw new IllegalArgumentException(
          "'%s' does not implement %s".formatted(name, Router.class.getName()), e);
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(
          "'%s' needs a public constructor without arguments".formatted(name), e);
    }
    Router unused = made(constructor).with(parameters);
    return (mesh, node) -> made(constructor).with(parameters);
  }

  private static Router made(Constructor<? extends Router> constructor) {
    try {
      return constructor.newInstance();
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "the constructor of %s failed: %s"
              .formatted(constructor.getDeclaringClass().getName(), e.getCause()),
          e);
    } catch (InstantiationException | IllegalAccessException e) {
      throw new IllegalArgumentException(
          "'%s' must be a public class that is not abstract"
              .formatted(constructor.getDeclaringClass().getName()),
          e);
    }
  }
}
