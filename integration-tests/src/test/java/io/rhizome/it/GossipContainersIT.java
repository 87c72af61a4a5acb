// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Membership of five containers on a network that is made worse: nobody who is healthy is ever
 * declared dead, and all see all when it is mended. Skipped, aloud, where {@link ContainerImage}
 * is, and without root, nsenter, iptables and iproute2, which change the containers' networks from
 * outside.
 */
final class GossipContainersIT {
  private static final int NODES = 5;
  private static final int VICTIM = 4;

  /** Longer than it takes to suspect a member and to declare it dead. */
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(15);

  /** Longer than one who hears nobody doubts a member before it declares it dead. */
  private static final Duration LONGER_THAN_ANY_DOUBT = Duration.ofSeconds(45);

  private static final String EACH_DEVICE =
      "for d in $(ip -o -4 addr show | awk '$2 != \"lo\" {print $2}'); do ";

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Pattern DEATH = Pattern.compile("member (\\S+) is dead");
  private static final List<String> TOOLS = List.of("nsenter", "iptables", "tc", "ip");
  private static final List<String> TOOL_DIRECTORIES =
      List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin");

  @RegisterExtension
  static final TestExecutionExceptionHandler LOGS =
      (test, failure) -> {
        System.err.println(test.getDisplayName() + " failed; the nodes' logs:\n" + mesh().logs());
        throw failure;
      };

  private static @Nullable ContainerMesh running;

  @BeforeAll
  static void startFiveContainers() throws IOException, InterruptedException {
    ContainerImage.assume(GossipContainersIT.class, missing());
    Checkout checkout = Checkout.find();
    String image = ContainerImage.build(checkout, GossipContainersIT.class);
    running = ContainerMesh.start(checkout, image, NODES, List.of("north", "south", "east"));
  }

  private static String missing() throws IOException {
    if (!ContainerImage.isRoot()) {
      return "no root, to change containers' networks from outside";
    }
    for (String tool : TOOLS) {
      if (TOOL_DIRECTORIES.stream().noneMatch(in -> Files.isExecutable(Path.of(in, tool)))) {
        return "no " + tool;
      }
    }
    return "";
  }

  @AfterAll
  static void removeThem() {
    ContainerMesh mesh = running;
    if (mesh != null) {
      mesh.close();
    }
  }

  @AfterEach
  void allSeeAllInTheEnd() {
    mesh().awaitMembers();
  }

  private static ContainerMesh mesh() {
    return Objects.requireNonNull(running);
  }

  @Test
  void aPausedContainerAloneIsDeclaredDeadAndReturns() {
    Deaths before = Deaths.now();
    mesh().pause(VICTIM);
    try {
      awaitUsableElsewhere(NODES - 1);
    } finally {
      mesh().unpause(VICTIM);
    }
    assertThat(before.sinceAt(healthy())).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void aContainerThatIsCutOffAloneIsDeclaredDeadAndReturns() {
    Deaths before = Deaths.now();
    mesh().cutOff(VICTIM);
    try {
      awaitUsableElsewhere(NODES - 1);
    } finally {
      mesh().reconnect(VICTIM);
    }
    assertThat(before.sinceAt(healthy())).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void aFifthOfAllPacketsLostCostsNobodyItsPlace() throws Exception {
    nobodyDiesWhile(
        LONG_ENOUGH,
        "iptables -I INPUT -m statistic --mode random --probability 0.2 -j DROP",
        "iptables -D INPUT -m statistic --mode random --probability 0.2 -j DROP");
  }

  @Test
  void oneMegabitASecondCostsNobodyItsPlace() throws Exception {
    nobodyDiesWhile(
        LONG_ENOUGH,
        EACH_DEVICE + "tc qdisc add dev $d root tbf rate 1mbit burst 16kbit latency 400ms; done",
        EACH_DEVICE + "tc qdisc del dev $d root; done");
  }

  @Test
  void membersWhoseDatagramsAreAllDroppedGoOnOverStreams() throws Exception {
    nobodyDiesWhile(
        LONGER_THAN_ANY_DOUBT,
        "iptables -I INPUT -p udp --dport 7700 -j DROP",
        "iptables -D INPUT -p udp --dport 7700 -j DROP");
  }

  private static void nobodyDiesWhile(Duration limit, String worse, String mended)
      throws Exception {
    Deaths before = Deaths.now();
    int changed = 0;
    try {
      for (int i = 1; i <= NODES; i++) {
        inNetworkOf(i, worse);
        changed = i;
      }
      Awaitility.await("that nobody is declared dead")
          .pollInterval(POLL)
          .during(limit)
          .atMost(limit.plus(COMMAND_LIMIT))
          .until(() -> before.sinceAt(all()).isEmpty());
      mesh().awaitMembers();
    } finally {
      for (int i = 1; i <= changed; i++) {
        inNetworkOf(i, mended);
      }
    }
  }

  private static void inNetworkOf(int node, String script) throws Exception {
    List<String> words =
        List.of("nsenter", "-t", String.valueOf(mesh().pid(node)), "-n", "sh", "-c", script);
    Command.run(Path.of("").toAbsolutePath(), COMMAND_LIMIT, words).orThrow();
  }

  private static void awaitUsableElsewhere(int members) {
    Awaitility.await(members + " usable members, as the others see it")
        .atMost(LIMIT)
        .until(() -> Arrays.stream(healthy()).allMatch(i -> mesh().membersUsable(i) == members));
  }

  private static int[] all() {
    return new int[] {1, 2, 3, 4, 5};
  }

  private static int[] healthy() {
    return Arrays.stream(all()).filter(i -> i != VICTIM).toArray();
  }

  /** How much each node's log held at some moment. */
  private record Deaths(List<Integer> lengths) {
    static Deaths now() {
      return new Deaths(Arrays.stream(all()).mapToObj(i -> mesh().log(i).length()).toList());
    }

    /** Whom these nodes have declared dead since. */
    Set<String> sinceAt(int... nodes) {
      Set<String> dead = new TreeSet<>();
      for (int i : nodes) {
        Matcher death = DEATH.matcher(mesh().log(i).substring(lengths.get(i - 1)));
        while (death.find()) {
          dead.add(death.group(1));
        }
      }
      return dead;
    }
  }
}
