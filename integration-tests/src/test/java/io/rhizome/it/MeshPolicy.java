// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.StatusRuntimeException;
import io.rhizome.v1.PolicyServiceGrpc;
import io.rhizome.v1.PolicyStatusRequest;
import io.rhizome.v1.PolicyStatusResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** Policy of a mesh of processes, as people change it and nodes tell of it. For one thread. */
final class MeshPolicy {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final Duration CALL_LIMIT = Duration.ofSeconds(5);
  private static final Pattern VERSION = Pattern.compile("policy version (\\d+)");

  private final LocalMesh mesh;
  private final SortedMap<String, Long> versions = new TreeMap<>();

  MeshPolicy(LocalMesh mesh) {
    this.mesh = mesh;
  }

  /** What {@code rhizome policy status --json} says at node i. */
  JsonNode status(int asked) throws IOException, InterruptedException {
    return mesh.rhizome("policy", "status", "--json", "--node", mesh.node(asked).address())
        .orThrow()
        .json();
  }

  /** What node i itself says, of itself only; empty where it does not answer. */
  private Optional<PolicyStatusResponse> ask(int i) {
    try {
      return Optional.of(
          PolicyServiceGrpc.newBlockingStub(mesh.client(i).channel())
              .withDeadlineAfter(CALL_LIMIT.toSeconds(), TimeUnit.SECONDS)
              .policyStatus(PolicyStatusRequest.getDefaultInstance()));
    } catch (StatusRuntimeException e) {
      return Optional.empty();
    }
  }

  private List<Integer> all() {
    return IntStream.rangeClosed(1, mesh.nodes().size()).boxed().toList();
  }

  /** The numbers of those that say that they vote. */
  SortedSet<Integer> voters() {
    SortedSet<Integer> voting = new TreeSet<>();
    for (int i : all()) {
      ask(i).filter(status -> !status.getRole().equals("FOLLOWER")).ifPresent(yes -> voting.add(i));
    }
    return voting;
  }

  /** How many answer. */
  long answering() {
    return all().stream().filter(i -> ask(i).isPresent()).count();
  }

  /** The number of the node that says that it leads; fails where none does. */
  int leader() {
    return all().stream()
        .filter(i -> ask(i).filter(status -> status.getRole().equals("LEADER")).isPresent())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("nobody leads"));
  }

  /** The term that node i is in. */
  long term(int i) {
    return ask(i).orElseThrow().getTerm();
  }

  /** How old node i says that its policy is. */
  Duration age(int i) {
    return Duration.ofMillis(ask(i).orElseThrow().getAgeMillis());
  }

  /** Returns when so many vote, as each of them and nobody else says. */
  void awaitVoters(int count) {
    Awaitility.await()
        .atMost(LIMIT)
        .until(
            () -> {
              SortedSet<Integer> voting = voters();
              return voting.size() == count
                  && voting.stream()
                      .allMatch(i -> ask(i).filter(it -> it.getVotersCount() == count).isPresent());
            });
  }

  /** A file with a site of that name, in region eu. */
  Path file(String site) throws IOException {
    Path file = mesh.directory().resolve(site + ".yaml");
    return Files.writeString(
        file, "kind: Site\nname: %s\nspec:\n  tier: edge\n  region: eu\n".formatted(site));
  }

  /** Writes a site, through node i. */
  Command apply(int at, String site) throws IOException, InterruptedException {
    Command applied = mesh.tryToOperate(at, "apply", "-f", file(site).toString());
    Matcher version = VERSION.matcher(applied.out());
    if (applied.exit() == 0 && version.find()) {
      versions.put(site, Long.parseLong(version.group(1)));
    }
    return applied;
  }

  /** As {@link #apply}, again and again until it is written. */
  void applySoon(int at, String site) {
    Awaitility.await().atMost(LIMIT).until(() -> apply(at, site).exit() == 0);
  }

  /** Returns when node i shows that site, which was written. */
  void awaitSite(int at, String site) throws IOException, InterruptedException {
    long version = Objects.requireNonNull(versions.get(site), site);
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> ask(at).filter(status -> status.getVersion() >= version).isPresent());
    mesh.operate(at, "get", "Site/" + site);
  }

  /** Returns when each of these nodes shows that site. */
  void awaitSite(Collection<Integer> nodes, String site) throws IOException, InterruptedException {
    for (int node : nodes) {
      awaitSite(node, site);
    }
  }
}
