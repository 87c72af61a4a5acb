// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;

/** Starts a {@link Walk} in a world of its own. */
final class RaftWalks {
  private RaftWalks() {}

  static String walk(long seed, int steps, Path directory) throws Exception {
    Method walk =
        new VirtualLoader()
            .loadClass(Walk.class.getName())
            .getMethod("walk", long.class, int.class, Path.class);
    try {
      return invoke(walk, seed, steps, directory);
    } catch (AssertionError e) {
      throw new AssertionError(
          "seed %d: %s%n  again: mvn -pl node/policy -am test -Dtest=RaftWalkTest"
                  .formatted(seed, e.getMessage())
              + " -Dsurefire.failIfNoSpecifiedTests=false -Drhizome.walk.seeds=%d".formatted(seed)
              + " -Drhizome.walk.steps=%d".formatted(steps),
          e);
    }
  }

  static String scenario(String name, Path directory) throws Exception {
    return invoke(
        new VirtualLoader()
            .loadClass(WalkScenarios.class.getName())
            .getMethod("run", String.class, Path.class),
        name,
        directory);
  }

  private static String invoke(Method method, Object... arguments) throws Exception {
    try {
      return (String) method.invoke(null, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof AssertionError broken) {
        throw broken;
      }
      throw e;
    }
  }

  /** Arguments: steps, first seed, last seed, directory. */
  public static void main(String[] args) throws Exception {
    int steps = Integer.parseInt(args[0]);
    for (long seed = Long.parseLong(args[1]); seed <= Long.parseLong(args[2]); seed++) {
      long start = System.nanoTime();
      String line;
      try {
        line =
            args.length > 5
                ? scenario(args[5], Path.of(args[3], args[5].replace(' ', '_')))
                : walk(seed, steps, Path.of(args[3], String.valueOf(seed)));
      } catch (AssertionError e) {
        line = "BROKEN " + e.getMessage();
        if (args.length > 4) {
          e.printStackTrace();
        }
      }
      System.out.println(
          "seed=" + seed + " wall_s=" + (System.nanoTime() - start) / 1_000_000_000L + " " + line);
    }
  }
}
