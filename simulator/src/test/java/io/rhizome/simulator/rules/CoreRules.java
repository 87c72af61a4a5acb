// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.regex.Pattern;

/** Layering (design, section 2) and determinism of the core packages as rules. */
final class CoreRules {
  private static final String[] CORE = {
    "io.rhizome.gossip",
    "io.rhizome.gossip.coordinate..",
    "io.rhizome.scheduler..",
    "io.rhizome.store..",
    "io.rhizome.simulator.."
  };

  /** Owner, a dot, and the name of what may not be called; see also {@link #isBanned}. */
  private static final List<Pattern> BANNED_CALLS =
      List.of(
          Pattern.compile("java\\.lang\\.System\\.(nanoTime|currentTimeMillis|identityHashCode)"),
          Pattern.compile("java\\.time\\..*\\.now"),
          Pattern.compile("java\\.time\\.Clock\\.(system.*|tick.*)"),
          Pattern.compile("java\\.lang\\.Math\\.(random|exp|expm1|log.*|pow|cbrt|hypot)"),
          Pattern.compile("java\\.lang\\.Math\\.(a?(sin|cos|tan)h?|atan2)"),
          Pattern.compile("java\\.util\\.UUID\\.randomUUID"),
          Pattern.compile("java\\.util\\.random\\.RandomGenerator\\.(of|getDefault)"),
          Pattern.compile("java\\.util\\.Collections\\.newSetFromMap"),
          Pattern.compile("java\\.util\\.(Map|Set)\\.(of|ofEntries|copyOf)"),
          Pattern.compile("java\\.util\\.stream\\.Collectors\\.(toSet|toUnmodifiable(Set|Map))"),
          Pattern.compile("java\\.util\\.stream\\.Collectors\\.(toConcurrentMap|.*Concurrent)"),
          Pattern.compile("java\\.util\\..*\\.(parallel|parallelStream)"));

  private static final String BANNED_CLASSES =
      "java\\.util\\.(HashMap|HashSet|IdentityHashMap|WeakHashMap|Hashtable|Timer|Date)"
          + "|java\\.security\\.SecureRandom"
          + "|java\\.lang\\.(Thread|ThreadLocal|ThreadGroup|ProcessBuilder|Process|Runtime)"
          + "|java\\.util\\.concurrent\\.(ConcurrentHashMap|ThreadLocalRandom|ForkJoin.*)"
          + "|java\\.util\\.concurrent\\.(CompletableFuture|FutureTask|.*Executor.*)";

  static final ArchRule GOSSIP_STANDS_ALONE =
      classes()
          .that()
          .resideInAnyPackage("io.rhizome.gossip", "io.rhizome.gossip.coordinate..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify..",
              "io.netty.util.collection",
              "io.rhizome.gossip",
              "io.rhizome.gossip.coordinate..");

  static final ArchRule SCHEDULER_SEES_GOSSIP_VALUES =
      classes()
          .that()
          .resideInAPackage("io.rhizome.scheduler..")
          .should()
          .onlyDependOnClassesThat(jdkOrGossipValueOr("io.rhizome.scheduler"));

  static final ArchRule STORE_SEES_GOSSIP_VALUES =
      classes()
          .that()
          .resideInAPackage("io.rhizome.store..")
          .should()
          .onlyDependOnClassesThat(jdkOrGossipValueOr("io.rhizome.store"))
          .allowEmptyShould(true);

  static final ArchRule SIMULATOR_SEES_THE_CORE =
      classes()
          .that()
          .resideInAPackage("io.rhizome.simulator..")
          .and()
          .resideOutsideOfPackages("io.rhizome.simulator.scenario..", "io.rhizome.simulator.cli..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify..",
              "io.rhizome.gossip..",
              "io.rhizome.scheduler..",
              "io.rhizome.store..",
              "io.rhizome.simulator..");

  static final ArchRule SCENARIOS_SEE_THE_SIMULATOR_AND_READ_YAML =
      classes()
          .that()
          .resideInAnyPackage("io.rhizome.simulator.scenario..", "io.rhizome.simulator.cli..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify..",
              "com.fasterxml.jackson..",
              "picocli..",
              "io.rhizome.gossip",
              "io.rhizome.simulator..");

  /** Files of {@code io.rhizome.store} are driven from there, scenarios are read by the command. */
  static final ArchRule CORE_HAS_NO_IO =
      noClasses()
          .that()
          .resideInAnyPackage(CORE)
          .and()
          .resideOutsideOfPackages("io.rhizome.store", "io.rhizome.simulator.cli..")
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "java\\.(net|nio\\.file|nio\\.channels)\\..*"
                  + "|java\\.io\\.(File.*|RandomAccessFile|Console)");

  static final ArchRule CORE_HAS_NO_THREADS_NOR_HASH_ORDER =
      noClasses()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .dependOnClassesThat()
          .haveNameMatching(BANNED_CLASSES);

  static final ArchRule CORE_IS_DETERMINISTIC =
      noClasses()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .accessTargetWhere(
              DescribedPredicate.describe("what differs from run to run", CoreRules::isBanned));

  static final List<ArchRule> ALL =
      List.of(
          GOSSIP_STANDS_ALONE,
          SCHEDULER_SEES_GOSSIP_VALUES,
          STORE_SEES_GOSSIP_VALUES,
          SIMULATOR_SEES_THE_CORE,
          SCENARIOS_SEE_THE_SIMULATOR_AND_READ_YAML,
          CORE_HAS_NO_IO,
          CORE_HAS_NO_THREADS_NOR_HASH_ORDER,
          CORE_IS_DETERMINISTIC);

  private CoreRules() {}

  private static DescribedPredicate<JavaClass> jdkOrGossipValueOr(String own) {
    Pattern allowed =
        Pattern.compile(
            "java\\..*|org\\.jspecify\\..*|"
                + Pattern.quote(own)
                + "\\..*|io\\.rhizome\\.gossip\\."
                + "(NodeId|Member|Member\\$Status|MembershipView|NodeState|Reachability.*|Residency"
                + "|Residency\\$State|Endpoint)|io\\.rhizome\\.gossip\\.coordinate\\.Coordinate");
    return DescribedPredicate.describe(
        "are of the JDK, of " + own + ", or value types of gossip",
        type ->
            type.isPrimitive()
                || allowed.matcher(type.getBaseComponentType().getName()).matches()
                || type.getBaseComponentType().isPrimitive());
  }

  private static boolean isBanned(JavaAccess<?> access) {
    if (!(access.getTarget() instanceof CodeUnitAccessTarget target)) {
      return false;
    }
    String called = target.getOwner().getName() + "." + target.getName();
    int arguments = target.getRawParameterTypes().size();
    return BANNED_CALLS.stream().anyMatch(banned -> banned.matcher(called).matches())
        || (called.equals("java.util.Random.<init>") && arguments == 0)
        || (called.equals("java.util.SplittableRandom.<init>") && arguments == 0)
        || (called.equals("java.util.stream.Collectors.toMap") && arguments < 4)
        || (called.equals("java.util.stream.Collectors.groupingBy") && arguments < 3);
  }
}
