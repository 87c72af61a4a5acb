// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import io.rhizome.it.Checkout;
import io.rhizome.it.LocalMesh;
import io.rhizome.it.NativeLibrary;
import io.rhizome.it.bench.Benchmark;
import io.rhizome.it.bench.Figure;
import io.rhizome.it.bench.Median;
import io.rhizome.it.bench.Result;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What a write of policy costs, and what faults cost: time, never an acknowledged write. */
public final class PolicyBench implements Benchmark {
  private static final int VOTERS = 3;
  private static final double GAP_MEDIAN_SECONDS = 2.5;
  private static final double GAP_SECONDS = 6;
  private static final double SPREAD_SECONDS = 2;
  private static final double JOIN_SECONDS = 3;
  private static final double REVOKE_SECONDS = 2;
  private static final long HANG_SECONDS = 15;
  private static final long IDLE_SECONDS = 3;
  private static final int SPREAD_CHANGES = 10;
  private static final int POWER_ROUNDS = 5;

  /** Of the closing line. */
  private static final List<String> ORDER =
      List.of(
          "put_p50_ms",
          "put_p50_limit_ms",
          "put_p99_ms",
          "put_p99_limit_ms",
          "acked",
          "lost",
          "gap_p50_s",
          "gap_max_s",
          "hang_gap_s",
          "linearizable",
          "spread_s",
          "join_s",
          "revoke_s");

  private final boolean quick;
  private final long startedNanos = System.nanoTime();
  private final List<Map<String, Object>> rows = new ArrayList<>();
  private final List<Figure> figures = new ArrayList<>();
  private long acknowledged;
  private long lost;

  /** The benchmark, or a glance of it. */
  public PolicyBench(boolean quick) {
    this.quick = quick;
  }

  @Override
  public String name() {
    return "policy";
  }

  @Override
  public List<String> method() {
    return List.of(
        "Three voters and, in a full run, a follower, on loopback, real processes. Clients send signed",
        "proposals to any node and, where it does not answer, the same bytes to the next. Votes stay",
        "where they are.",
        "put: one writer on one connection to the leader, after "
            + warmUps()
            + " writes that warm all JVMs up; before each",
        "write, 1 KB is appended to a file on the same disk and forced. Limits: 4 ms + 3 x that force's",
        "p50, 10 ms + 3 x its p99. The follower starts after that. Nodes that start after that, in a quick",
        "run all, but for those of join and revoke, compile with C1 alone: five JVMs that warm up share",
        "this machine.",
        "gap: four writers; the longest time without an acknowledged write around each kill -9 of the",
        "leader, which comes back and catches up before the next; hang_gap: around SIGSTOP for 15 s.",
        "Then kill -9 of all at once; the last record of the leader's log torn while all are down; a",
        "voter's policy wiped; compare-and-sets by 12 workers on 16 resources across a kill -9 and a",
        "SIGSTOP of the leader, checked for one order per resource; and, in a full run, in meshes of one",
        "voter and of three, power cuts: kill -9, then every byte and name dropped that a preloaded",
        "library did not see forced (fsync, fdatasync, msync), of all at once and of the leader alone.",
        "A feed follows each voter all the time. lost counts acknowledged writes that are not the record",
        "of the version that their writer was told, and everything else that must not be: a version",
        "shown twice, out of order, with a gap, or otherwise than at another node or before; nodes whose",
        "policy differs in any byte in the end, or from what the records lead to; a repaired node whose",
        "log does not say so.",
        "spread: from a write to the last of 100 followers within one process, slowest of "
            + SPREAD_CHANGES
            + " changes.",
        "join: from the start of `rhizome join TOKEN DIR --up` to the new node's first answer, from a",
        "model that another holds, in a mesh of three voters; median of " + joins() + ".",
        "revoke: from the moment a node has the revocation, which then a quorum has, until the slowest",
        "of three has closed its connections with the revoked key and refuses new ones.");
  }

  private int followers() {
    return quick ? 0 : 1;
  }

  private int joins() {
    return quick ? 1 : 3;
  }

  @Override
  public Result run(Checkout checkout) throws IOException, InterruptedException {
    try (PolicyMesh mesh = PolicyMesh.found(checkout, VOTERS, followers(), this::prepare)) {
      put(mesh);
      mesh.useQuickJit();
      mesh.startFollowers();
      idle(mesh);
      kill(mesh);
      hang(mesh);
      restarts(mesh);
      compareAndSet(mesh);
      count(mesh);
    }
    if (!quick) {
      power(checkout, 1);
      power(checkout, VOTERS);
    }
    spread();
    join(checkout);
    figures.add(Figure.counted("acked", acknowledged));
    figures.add(Figure.none("lost", (double) lost));
    figures.sort(Comparator.comparingInt(figure -> ORDER.indexOf(figure.name())));
    return new Result(name(), method(), quick, 0, figures, rows);
  }

  private void prepare(LocalMesh mesh) {
    if (quick) {
      mesh.useQuickJit();
    }
  }

  private int warmUps() {
    return quick ? 300 : 6_000;
  }

  private void put(PolicyMesh mesh) throws IOException {
    say("put");
    PutPart.Found found =
        PutPart.run(mesh, mesh.node(1).directory(), warmUps(), quick ? 600 : 3_000);
    figures.add(Figure.required("put_p50_ms", found.putP50(), found.limitP50()));
    figures.add(Figure.reported("put_p50_limit_ms", found.limitP50()));
    figures.add(Figure.required("put_p99_ms", found.putP99(), found.limitP99()));
    figures.add(Figure.reported("put_p99_limit_ms", found.limitP99()));
    row(
        "put",
        "put_p50_ms",
        found.putP50(),
        "put_p99_ms",
        found.putP99(),
        "force_p50_ms",
        found.forceP50(),
        "force_p99_ms",
        found.forceP99());
    audit(mesh);
  }

  private void idle(PolicyMesh mesh) throws InterruptedException {
    say("idle");
    long before = mesh.feeds().stream().mapToLong(Feed::messages).sum();
    TimeUnit.SECONDS.sleep(IDLE_SECONDS);
    long after = mesh.feeds().stream().mapToLong(Feed::messages).sum();
    row("idle", "seconds", IDLE_SECONDS, "feeds", VOTERS, "messages_to_feeds", after - before);
  }

  private void kill(PolicyMesh mesh) throws IOException, InterruptedException {
    say("kill -9 of the leader");
    double[] gaps = LeaderPart.kill(mesh, quick ? 5 : 20);
    figures.add(Figure.required("gap_p50_s", Median.of(gaps), GAP_MEDIAN_SECONDS));
    figures.add(Figure.required("gap_max_s", max(gaps), GAP_SECONDS));
    row("kill", "gaps_s", gaps);
    audit(mesh);
  }

  private void hang(PolicyMesh mesh) throws IOException, InterruptedException {
    say("SIGSTOP of the leader");
    double[] gaps = LeaderPart.hang(mesh, quick ? 1 : 5, HANG_SECONDS);
    figures.add(Figure.required("hang_gap_s", max(gaps), GAP_SECONDS));
    row("hang", "gaps_s", gaps);
    audit(mesh);
  }

  private void restarts(PolicyMesh mesh) throws IOException, InterruptedException {
    say("kill -9 of all");
    row("restart", "written_again_s", RestartPart.restartAll(mesh, quick ? 2 : 10));
    audit(mesh);
    say("the end of a log torn");
    heals("torn", RestartPart.tornTail(mesh));
    audit(mesh);
    say("a disk wiped");
    heals("wiped", RestartPart.wiped(mesh));
    audit(mesh);
  }

  private void heals(String what, boolean said) {
    row(what, "said_so", said);
    if (!said) {
      lost++;
    }
  }

  private void compareAndSet(PolicyMesh mesh) throws IOException, InterruptedException {
    say("compare-and-set");
    CasPart.Found found = CasPart.run(mesh, quick ? 5_000 : 50_000);
    figures.add(Figure.requiredTrue("linearizable", found.fault().isEmpty()));
    row(
        "compare-and-set",
        "written",
        found.written(),
        "refused",
        found.refused(),
        "unanswered",
        found.unanswered(),
        "fault",
        found.fault().orElse("none"));
    audit(mesh);
  }

  private void power(Checkout checkout, int voters) throws IOException, InterruptedException {
    say("power cuts, voters: " + voters);
    if (!NativeLibrary.possible()) {
      System.out.println("  NOT MEASURED: there is no C compiler `cc`; install gcc");
      row("power", "voters", voters, "rounds", 0);
      return;
    }
    PolicyMesh.Preparing attach =
        mesh -> {
          mesh.useQuickJit();
          PowerLoss loss = PowerLoss.prepare(checkout, mesh.directory());
          for (int i = 1; i <= voters; i++) {
            loss.attach(mesh.node(i));
          }
        };
    try (PolicyMesh mesh = PolicyMesh.found(checkout, voters, 0, attach)) {
      PowerPart.run(mesh, POWER_ROUNDS);
      row("power", "voters", voters, "rounds", POWER_ROUNDS);
      audit(mesh);
      count(mesh);
    }
  }

  private void spread() throws IOException, InterruptedException {
    for (int followers : quick ? new int[] {100} : new int[] {100, 2_000}) {
      say("spread, followers: " + followers);
      try (SpreadPart part = new SpreadPart(followers)) {
        double seconds = part.slowestSeconds(SPREAD_CHANGES);
        row(
            "spread",
            "followers",
            followers,
            "slowest_s",
            seconds,
            "idle_messages",
            part.idleMessages(IDLE_SECONDS));
        if (followers == 100) {
          figures.add(Figure.required("spread_s", seconds, SPREAD_SECONDS));
        }
      }
    }
  }

  private void join(Checkout checkout) throws IOException, InterruptedException {
    say("join and revoke");
    try (JoinPart part = new JoinPart(checkout, joins())) {
      double[] joins = part.joinSeconds();
      row("join", "seconds", joins);
      figures.add(Figure.required("join_s", Median.of(joins), JOIN_SECONDS));
      figures.add(Figure.required("revoke_s", part.revokeSeconds(), REVOKE_SECONDS));
    }
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElse(Double.NaN);
  }

  private void say(String part) {
    System.out.printf("%s (after %.0f s):%n", part, (System.nanoTime() - startedNanos) / 1e9);
  }

  private static void audit(PolicyMesh mesh) {
    System.out.println("  " + Audit.of(mesh));
  }

  /** Once at a mesh's end: what an audit finds, the next one finds again. */
  private void count(PolicyMesh mesh) {
    Audit audit = Audit.of(mesh);
    acknowledged += audit.acknowledged();
    lost += audit.lost() + audit.faults().size();
    long images = mesh.feeds().stream().mapToLong(Feed::images).sum();
    row("audit", "acknowledged", audit.acknowledged(), "lost", audit.lost(), "images", images);
  }

  private void row(String part, Object... values) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("part", part);
    for (int i = 0; i < values.length; i += 2) {
      row.put(String.valueOf(values[i]), values[i + 1]);
    }
    rows.add(row);
    row.forEach(
        (name, value) -> {
          if (!name.equals("part")) {
            String shown = value instanceof double[] many ? Arrays.toString(many) : "" + value;
            System.out.println("  " + name + " " + shown);
          }
        });
  }
}
