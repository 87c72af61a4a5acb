// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.rhizome.simulator.rules.fixture.RuleBreaker;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CoreRulesTest {
  private static final JavaClasses SHIPPED =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.rhizome");
  private static final JavaClasses BREAKER =
      new ClassFileImporter().importClasses(RuleBreaker.class);

  @ParameterizedTest
  @MethodSource("rules")
  void theCoreKeepsTheRule(ArchRule rule) {
    rule.check(SHIPPED);
  }

  @Test
  void theRulesLookAtTheCoreModules() {
    assertThat(SHIPPED.contain("io.rhizome.gossip.Swim")).isTrue();
    assertThat(SHIPPED.contain("io.rhizome.scheduler.ClusterView")).isTrue();
    assertThat(SHIPPED.contain("io.rhizome.store.Manifest")).isTrue();
    assertThat(SHIPPED.contain("io.rhizome.simulator.Simulation")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "System.nanoTime()",
        "Instant.now()",
        "Math.random()",
        "UUID.randomUUID()",
        "Random.<init>()",
        "Map.of(",
        "Set.copyOf(",
        "Collectors.toSet()",
        "Collectors.toMap(",
        "Collectors.groupingBy(",
        "parallelStream()"
      })
  void aCallThatDiffersFromRunToRunIsCaught(String call) {
    assertThat(violations(CoreRules.CORE_IS_DETERMINISTIC)).anyMatch(line -> line.contains(call));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java.util.HashMap",
        "java.util.HashSet",
        "java.util.concurrent.ConcurrentHashMap",
        "java.lang.Thread",
        "java.util.concurrent.Executors",
        "java.util.concurrent.ThreadLocalRandom",
        "java.security.SecureRandom"
      })
  void aThreadOrAHashOrderIsCaught(String type) {
    assertThat(violations(CoreRules.CORE_HAS_NO_THREADS_NOR_HASH_ORDER))
        .anyMatch(line -> line.contains(type));
  }

  @Test
  void aFileIsCaught() {
    assertThat(violations(CoreRules.CORE_HAS_NO_IO))
        .anyMatch(line -> line.contains("java.nio.file.Path"));
  }

  @Test
  void anotherLibraryIsCaught() {
    assertThat(violations(CoreRules.SIMULATOR_SEES_THE_CORE))
        .anyMatch(line -> line.contains("org.slf4j.Logger"));
  }

  static Stream<ArchRule> rules() {
    return CoreRules.ALL.stream();
  }

  private static List<String> violations(ArchRule rule) {
    return rule.evaluate(BREAKER).getFailureReport().getDetails();
  }
}
