// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.rhizome.node", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule seesTheEngineThroughItsPortOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.rhizome.node.executor..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule seesIgniteThroughItsPortOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.rhizome.node.jobs.ignite..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.ignite..");

  @ArchTest
  static final ArchRule keepsTheCommandLineApartFromTheRunningNode =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.rhizome.node.serving..",
              "io.rhizome.node.mesh..",
              "io.rhizome.node.access..",
              "io.rhizome.node.api..",
              "io.rhizome.node.models..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.rhizome.node.cli..", "io.rhizome.node.config..", "picocli..");

  @ArchTest
  static final ArchRule pointsOneWay =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("io.rhizome.node..")
          .layer("wiring")
          .definedBy("io.rhizome.node", "io.rhizome.node.cli..")
          .layer("api")
          .definedBy("io.rhizome.node.api..")
          .layer("mesh")
          .definedBy("io.rhizome.node.mesh..")
          .layer("routing")
          .definedBy("io.rhizome.node.routing..")
          .layer("serving")
          .definedBy("io.rhizome.node.serving..")
          .layer("telemetry")
          .definedBy("io.rhizome.node.telemetry..")
          .layer("models")
          .definedBy("io.rhizome.node.models..")
          .layer("access")
          .definedBy("io.rhizome.node.access..")
          .layer("identity")
          .definedBy("io.rhizome.node.identity..", "io.rhizome.node.config..")
          .whereLayer("wiring")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("api")
          .mayOnlyBeAccessedByLayers("wiring")
          .whereLayer("mesh")
          .mayOnlyBeAccessedByLayers("wiring", "api")
          .whereLayer("routing")
          .mayOnlyBeAccessedByLayers("wiring")
          .whereLayer("serving")
          .mayOnlyBeAccessedByLayers("wiring", "api", "mesh", "telemetry", "routing")
          .whereLayer("telemetry")
          .mayOnlyBeAccessedByLayers("wiring")
          .whereLayer("models")
          .mayOnlyBeAccessedByLayers("wiring", "api", "mesh", "serving", "telemetry")
          .whereLayer("access")
          .mayOnlyBeAccessedByLayers("wiring", "api", "mesh", "serving")
          .whereLayer("identity")
          .mayOnlyBeAccessedByLayers("wiring", "api", "mesh");
}
