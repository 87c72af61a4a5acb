// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rhizome.node.config.ConfigException;
import io.rhizome.node.policy.Change;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome policy restore}: makes policy what a backup says. */
@Command(
    name = "restore",
    description =
        "Write a backup into a running mesh, in commits of at most 64 resources each. Interrupted, it"
            + " can be run again. Versions and history are the running mesh's own.")
final class PolicyRestoreCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PolicyOption policy = new PolicyOption();

  @Parameters(paramLabel = "FILE", description = "A file that `rhizome policy backup` wrote.")
  Path file = Path.of("");

  @Option(
      names = "--replace",
      description = "Change and delete what policy has now where the backup says otherwise.")
  boolean replace;

  @Option(names = "--other-mesh", description = "Though the backup is of another mesh.")
  boolean otherMesh;

  @Option(names = "--dry-run", description = "Say what would change; change nothing.")
  boolean dryRun;

  @Override
  public Integer call() throws IOException {
    PolicyBackup backup = PolicyBackup.read(file);
    try (PolicyView view = policy.open()) {
      boolean sameMesh = backup.mesh().equals(view.mesh());
      if (!sameMesh && !otherMesh) {
        throw new ConfigException(
            "%s is of mesh %s, and this is mesh %s: pass --other-mesh if that is meant"
                .formatted(file, backup.mesh(), view.mesh()));
      }
      RestorePlan plan = RestorePlan.of(backup.image().snapshot(), view.snapshot(), sameMesh);
      if (plan.replaced() > 0 && !replace && !dryRun) {
        throw new ConfigException(
            ("policy has %d resources that the backup would change or delete: look with --dry-run,"
                    + " then pass --replace")
                .formatted(plan.replaced()));
      }
      List<List<Change>> commits = plan.commits();
      long version = view.snapshot().version();
      if (!dryRun) {
        version = commit(view, commits);
      }
      print(plan, commits.size(), version);
      return 0;
    }
  }

  private long commit(PolicyView view, List<List<Change>> commits) {
    ProgressBar progress = ProgressBar.on(spec.commandLine().getErr());
    long total = commits.stream().mapToLong(RestorePlan::bytes).sum();
    long done = 0;
    long version = view.snapshot().version();
    for (List<Change> commit : commits) {
      version = view.propose(commit);
      done += RestorePlan.bytes(commit);
      progress.show(done, total, "restored");
    }
    return version;
  }

  private void print(RestorePlan plan, int commits, long version) {
    PrintWriter out = spec.commandLine().getOut();
    if (policy.json) {
      ObjectNode root = Json.MAPPER.createObjectNode();
      root.put("version", version).put("dry_run", dryRun);
      root.put("commits", commits).put("unchanged", plan.same());
      var resources = root.putArray("resources");
      plan.steps()
          .forEach(
              (key, step) ->
                  resources
                      .addObject()
                      .put("resource", key.toString())
                      .put("effect", step.effect()));
      out.println(Json.pretty(root));
      return;
    }
    plan.steps()
        .forEach(
            (key, step) -> out.println(key + " " + step.effect() + (dryRun ? " (dry run)" : "")));
    out.println(
        "%d resources in %d commits%s, %d unchanged"
            .formatted(
                plan.steps().size(), commits, dryRun ? " would change" : " changed", plan.same()));
    out.println("policy version " + version);
  }
}
