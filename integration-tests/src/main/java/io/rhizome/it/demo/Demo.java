// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.rhizome.it.Checkout;
import io.rhizome.it.Command;
import io.rhizome.it.Digits;
import io.rhizome.it.LocalMesh;
import io.rhizome.it.NodeProcess;
import io.rhizome.it.PortPlan;
import io.rhizome.it.Survey;
import io.rhizome.it.Table;
import io.rhizome.v1.ListNodesRequest;
import io.rhizome.v1.NodeInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/**
 * Five nodes in three sites, real digits, a kill -9 and a return: {@code [--stay] [--json]}. Exit
 * status 0 if everything held, 1 if not, 2 for a wrong call.
 */
public final class Demo {
  private static final int NODES = 5;
  private static final List<String> SITES = List.of("north", "south", "east");
  private static final int PUSHED_TO = 1;
  private static final int LOADED_ON = 4;
  private static final int BYSTANDER = 2;
  private static final Duration CALL_LIMIT = Duration.ofSeconds(5);

  private final Checkout checkout;
  private final LocalMesh mesh;
  private final Digits digits;
  private final Narrator narrator;

  private Demo(Checkout checkout, LocalMesh mesh, Digits digits, Narrator narrator) {
    this.checkout = checkout;
    this.mesh = mesh;
    this.digits = digits;
    this.narrator = narrator;
  }

  /** See the class. */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> words = List.of(args);
    boolean stay = words.contains("--stay");
    boolean json = words.contains("--json");
    if (words.size() != (stay ? 1 : 0) + (json ? 1 : 0)) {
      System.err.println("usage: deploy/demo [--stay] [--json]");
      System.exit(2);
    }
    System.exit(run(stay, json) ? 0 : 1);
  }

  private static boolean run(boolean stay, boolean json) throws IOException, InterruptedException {
    Narrator narrator = new Narrator(System.out);
    Checkout checkout = Checkout.find();
    Digits digits = Digits.read(checkout.digitsTest());
    PortPlan ports =
        stay ? PortPlan.preferDocumented(NODES, new Random()) : PortPlan.free(NODES, new Random());
    narrator.text("Rhizome: five nodes, three sites, one machine, no hub\n");
    narrator.step("founding a mesh: identities, roster, keys");
    Map<String, Object> summary = new LinkedHashMap<>();
    boolean held = false;
    try (LocalMesh mesh = LocalMesh.found(checkout, NODES, SITES, ports)) {
      if (!stay) {
        mesh.useQuickJit();
      }
      try {
        held = new Demo(checkout, mesh, digits, narrator).tell(summary);
      } catch (RuntimeException e) {
        narrator.step("it broke off: %s", e);
        narrator.text(mesh.logTails() + "\n");
        summary.put("error", e.toString());
      }
      summary.put("held", held);
      summary.put("seconds", Math.round(narrator.seconds() * 10) / 10.0);
      if (stay && held) {
        stay(checkout, mesh, narrator);
      }
    }
    narrator.step(held ? "everything held; all nodes stopped" : "IT DID NOT HOLD; nodes stopped");
    if (json) {
      System.out.println(new ObjectMapper().writeValueAsString(summary));
    }
    return held;
  }

  /** The whole story; whether all of it held. */
  private boolean tell(Map<String, Object> summary) throws IOException, InterruptedException {
    start();
    spreadTheModel();
    boolean accurate = askEveryNode(summary);
    Outage outage = Outage.of(mesh, digits, LOADED_ON, narrator);
    summary.put("answers_at_survivors", outage.answers());
    summary.put("failures_at_survivors", outage.failures());
    summary.put("lost_through_killed_node", outage.lost());
    summary.put("slowest_answer_ms", outage.slowest().toMillis());
    summary.put("restart_s", outage.restart().toMillis() / 1e3);
    summary.put("serves_again", outage.servesAgain());
    boolean pictured = askWithAPicture(summary);
    narrator.step("the verdict");
    verdict(accurate, "every node answers as PyTorch does");
    verdict(outage.failures() == 0, "no request that entered at a survivor failed");
    verdict(outage.servesAgain(), "the killed node came back and serves");
    verdict(pictured, "a picture is answered by way of a node without the model");
    return accurate && outage.failures() == 0 && outage.servesAgain() && pictured;
  }

  private void verdict(boolean held, String what) {
    narrator.line("%s  %s", held ? "held  " : "FAILED", what);
  }

  private void start() throws IOException, InterruptedException {
    narrator.step("starting %d nodes, each a process of its own", NODES);
    mesh.startAll();
    mesh.awaitMembers();
    Map<String, NodeInfo> known = new TreeMap<>();
    for (NodeInfo node :
        mesh.client(1)
            .admin(CALL_LIMIT)
            .listNodes(ListNodesRequest.getDefaultInstance())
            .getNodesList()) {
      known.put(node.getApiAddress(), node);
    }
    Table table = new Table("node", "site", "clients call", "id", "pid");
    for (NodeProcess node : mesh.nodes()) {
      NodeInfo info = known.getOrDefault(node.address(), NodeInfo.getDefaultInstance());
      table.row(
          node.name(),
          info.getLabelsOrDefault("site", "?"),
          node.address(),
          info.getNodeId().isEmpty() ? "?" : info.getNodeId().substring(0, 8),
          node.pid());
    }
    narrator.text(table);
    narrator.line("each of them knows the other %d", NODES - 1);
  }

  private void spreadTheModel() throws IOException, InterruptedException {
    narrator.step("pushing the digits model to %s", mesh.node(PUSHED_TO).name());
    mesh.pushPictureDigits(PUSHED_TO);
    narrator.step(
        "loading it on %s, which fetches it from %s and checks digest and signer",
        mesh.node(LOADED_ON).name(), mesh.node(PUSHED_TO).name());
    mesh.load(LOADED_ON, Digits.MODEL);
    mesh.awaitHolders(Digits.MODEL, 2);
    narrator.line("every node knows both holders");
  }

  private boolean askEveryNode(Map<String, Object> summary) {
    narrator.step(
        "asking every node for all %d held-out digits; PyTorch itself gets %d right",
        digits.size(), digits.correctInPyTorch());
    Map<String, Survey> surveys = new LinkedHashMap<>();
    for (int i = 1; i <= NODES; i++) {
      Survey survey = Survey.of(digits, mesh.client(i));
      surveys.put(mesh.node(i).name(), survey);
      narrator.line(
          "%s  %d of %d right, logits at most %.1e from PyTorch's",
          mesh.node(i).name(), survey.right(), digits.size(), survey.difference());
    }
    Table paths = new Table("by way of", "answers");
    Map<String, Integer> right = new LinkedHashMap<>();
    Map<String, Integer> served = new TreeMap<>();
    surveys.forEach(
        (name, survey) -> {
          right.put(name, survey.right());
          survey.paths().forEach(paths::row);
          survey.servedBy().forEach((by, count) -> served.merge(by, count, Integer::sum));
        });
    Table engines = new Table("served by", "answers");
    served.forEach(engines::row);
    narrator.text("\n" + paths + "\n" + engines);
    summary.put("images", digits.size());
    summary.put("right_in_pytorch", digits.correctInPyTorch());
    summary.put("right", right);
    summary.put(
        "max_logit_difference",
        surveys.values().stream().mapToDouble(Survey::difference).max().orElse(0));
    summary.put("served_by", served);
    return surveys.values().stream().allMatch(survey -> survey.matches(digits));
  }

  private boolean askWithAPicture(Map<String, Object> summary)
      throws IOException, InterruptedException {
    Path picture = checkout.sevenImage();
    narrator.step(
        "sending a picture of a seven, %d bytes, to %s as any user would",
        Files.size(picture), mesh.node(BYSTANDER).name());
    Command answer =
        mesh.rhizome(
            "infer",
            Digits.MODEL,
            "--input",
            picture.toString(),
            "--node",
            mesh.node(BYSTANDER).address());
    String said = (answer.out() + answer.err()).strip();
    said.lines().forEach(line -> narrator.line("%s", line));
    summary.put("picture", said.lines().findFirst().orElse(""));
    return answer.exit() == 0 && said.startsWith("7 (");
  }

  private static void stay(Checkout checkout, LocalMesh mesh, Narrator narrator)
      throws InterruptedException {
    String rhizome = "deploy/rhizome ";
    String entry = " --node " + mesh.node(2).address();
    String proof = " --operator-key " + mesh.operatorKey();
    NodeProcess victim = mesh.node(PUSHED_TO);
    List<String> commands = new ArrayList<>();
    commands.add(rhizome + "nodes" + entry);
    commands.add(rhizome + "model ls" + entry);
    commands.add(
        rhizome
            + "infer digits --input "
            + checkout.root().relativize(checkout.sevenImage())
            + entry);
    commands.add(rhizome + "status" + entry);
    commands.add(rhizome + "model load digits --on " + mesh.node(2).name() + entry + proof);
    commands.add("kill -9 " + victim.pid());
    commands.add(rhizome + "up " + victim.directory());
    narrator.step("the mesh stays up until Ctrl-C; from the checkout, try");
    commands.forEach(command -> narrator.text("  " + command + "\n"));
    new CountDownLatch(1).await();
  }
}
