// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.policy.ResourceKey;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceYamlTest {
  private static final String ALL =
      """
      kind: Model
      name: digits
      spec:
        versions: [3, 4]
        traffic: [{version: 3, percent: 90}, {version: 4, percent: 10}]
      ---
      kind: Placement
      name: digits-at-the-edge
      spec:
        model: digits
        nodes: tier in (edge, hub) && region = "eu"
        replicas: {min: 1, max: 3}
        overrides:
          - tier: edge
            parameters: {threads: 2}
      ---
      kind: Route
      name: digits
      spec:
        models: "digits*"
        router: {name: hot_cold, parameters: {hot_quantile: 0.9}}
        objective: latency
        timeout: 2s
        maxPolicyAge: 1h
        residencyZones: [eu]
        loadOnDemand: true
      ---
      kind: Tenant
      name: acme
      spec: {rate: 12.5, concurrency: 4, models: [digits]}
      ---
      kind: Mesh
      name: mesh
      spec:
        voters: 3
        policy: {maxAge: 10m}
        defaults: {timeout: 10s}
      ---
      kind: Site
      name: berlin
      version: 7
      spec:
        tier: edge
        region: eu
        residencyZone: de
        securityLevel: 2
        powerBudgetWatts: 400
        energyWeight: 24.5
        links:
          - to: hub
            pricePerGb: 0.05
            monthlyCapGb: 100
            expectedOutages: [{start: "02:30", duration: 15m}]
      """;

  @Test
  void readsEveryKindAndPrintsWhatItReads() {
    List<ResourceDocument> documents = ResourceYaml.parse("all.yaml", ALL);

    assertThat(documents).hasSize(Kind.values().length);
    assertThat(documents.get(5).version()).hasValue(7);
    assertThat(documents.get(3).body())
        .isEqualTo("{\"concurrency\":4,\"models\":[\"digits\"],\"rate\":12.5}");
    for (ResourceDocument document : documents) {
      Resource resource = new Resource(document.key(), 9, document.body(), "operator:x", 0);
      ResourceDocument again = ResourceYaml.parse("x", ResourceYaml.print(resource)).get(0);
      assertThat(again.key()).isEqualTo(document.key());
      assertThat(again.body()).isEqualTo(document.body());
      assertThat(again.version()).hasValue(9);
    }
  }

  @Test
  void theServerTakesWhatTheReaderMakes() throws Exception {
    for (ResourceDocument document : ResourceYaml.parse("all.yaml", ALL)) {
      new ResourceRules().check(Change.put(document.key(), document.body(), Change.ABSENT));
    }
    ResourceKey mesh = new ResourceKey("Mesh", "mesh");
    refuses(mesh, "{\"voters\":2}", "Mesh/mesh: 'spec.voters'");
    refuses(mesh, "{ \"voters\":3}", "canonical");
    refuses(mesh, "{\"voters\":3,\"voters\":3}", "not JSON");
    refuses(mesh, "[".repeat(1000), "not JSON");
    refuses(mesh, "null", "'spec'");
    new ResourceRules().check(Change.delete(mesh, 3));
    new ResourceRules().check(Change.delete(new ResourceKey("Unheard", "of"), 3));
  }

  private static void refuses(ResourceKey key, String body, String why) {
    assertThatThrownBy(() -> new ResourceRules().check(Change.put(key, body, Change.ANY)))
        .isInstanceOfSatisfying(
            PolicyException.class,
            e -> assertThat(e.code()).isEqualTo(PolicyException.Code.INVALID))
        .hasMessageContaining(why);
  }

  @Test
  void complaintsNameLineFieldAndTheNearestKey() {
    complains("kind: Sites\nname: a\nspec: {}", "f.yaml:1: unknown kind 'Sites'", "'Site'");
    complains(
        "kind: Site\nname: a\nspec:\n  tier: edge\n  regoin: eu\n",
        "f.yaml:5: unknown key 'spec.regoin'; did you mean 'spec.region'?");
    complains("kind: Site\nname: a\nspec:\n  tier: edge\n", "f.yaml:3: 'spec.region' is missing");
    complains(
        """
        kind: Site
        name: a
        spec:
          tier: edge
          region: eu
          links:
            - to: b
              pricePerGB: 1
        """,
        "f.yaml:8: unknown key 'spec.links[0].pricePerGB'; did you mean 'spec.links[0].pricePerGb'");
    complains("kind: Mesh\nname: m\nspec:\n  voters: 2\n", "f.yaml:4: 'spec.voters'");
    complains("kind: Mesh\nname: m\nspek: {}\n", "f.yaml:");
    complains(
        "kind: Tenant\nname: m\nspec:\n  rate: 1\n  rate: 2\n", "f.yaml:5", "rate", "there twice");
    complains(
        "kind: Placement\nname: p\nspec:\n  model: m\n  nodes: tier in edge\n",
        "f.yaml:5: 'spec.nodes': at character 9",
        "'(' is due");
    complains(
        "kind: Model\nname: m\nspec:\n  versions: [1]\n  traffic: [{version: 1, percent: 9}]\n",
        "f.yaml:5: 'spec.traffic': percents add up to 9");
    complains(
        "kind: Route\nname: r\nspec:\n  models: m\n  router: {name: hot_cool}\n",
        "f.yaml:5: 'spec.router.name': there is no router 'hot_cool'; did you mean 'hot_cold'?");
    complains(
        """
        kind: Route
        name: r
        spec:
          models: m
          router:
            name: hot_cold
            parameters: {quantile: 0.5}
        """,
        "f.yaml:5: 'spec.router'",
        "no parameter 'quantile'");
    complains("kind: Site\nname: a\nspec:\n  tier: edge\n  region: no\n", "f.yaml:5", "in quotes");
    complains("just text", "f.yaml:1", "'kind:'");
  }

  @Test
  void anchorsAliasesAndMergesAreRefused() {
    complains("kind: Mesh\nname: &n m\nspec: {}\n", "f.yaml:2", "anchors and aliases");
    StringBuilder bomb = new StringBuilder("a: &a [x, x]\n");
    for (char c = 'b'; c < 'k'; c++) {
      char before = (char) (c - 1);
      bomb.append(c).append(": &").append(c).append(" [*").append(before).append(", *");
      bomb.append(before).append("]\n");
    }
    complains(bomb.toString(), "f.yaml:", "aliases");
    complains("kind: Mesh\nname: m\nspec: &s {x: *s}\n", "f.yaml:", "lias");
    complains("kind: Mesh\nname: m\nspec:\n  <<: {voters: 3}\n", "f.yaml:4", "plain text");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "!!javax.script.ScriptEngineManager [x]",
        "!own text",
        "!own {a: b}",
        "!!set {a, b}",
        "!!binary aGVsbG8="
      })
  void tagsAreRefused(String value) {
    complains("kind: Mesh\nname: m\nspec: " + value + "\n", "f.yaml:3", "not allowed");
  }

  @Test
  void deepAndLargeTextIsRefusedAtOnce() {
    complains("kind: Mesh\nname: m\nspec: " + "[".repeat(100_000), "f.yaml", "epth");
    complains("kind: Mesh\nname: m\nspec: " + "{a: ".repeat(100_000), "f.yaml", "epth");
    complains("#".repeat(ResourceYaml.MAX_CHARS + 1), "f.yaml: has 1048577 characters, at most");
  }

  private static void complains(String text, String... parts) {
    assertThatThrownBy(() -> ResourceYaml.parse("f.yaml", text))
        .isInstanceOf(ResourceException.class)
        .message()
        .contains(parts);
  }

  @Test
  void kindsOfTheMeshsOwnFollowTheirSchemasAndOthersAreRefused() throws Exception {
    ResourceKey key = new ResourceKey("ApiKey", "abcdefghijklmnop");
    String body =
        "{\"name\":\"ci\",\"role\":\"client\",\"sha256\":\""
            + "0f".repeat(32)
            + "\",\"tenant\":\"a\"}";
    new ResourceRules().check(Change.put(key, body, Change.ABSENT));

    refuses(key, body.replace("client", "boss"), "spec.role");
    refuses(key, body.replace("tenant", "tenents"), "unknown key 'spec.tenents'");
    refuses(key, body.replace("0f0f", "xy"), "spec.sha256");
    refuses(new ResourceKey("ApiKey", "short"), body, "'name'");
    refuses(key, body.replace("sha256", "spkis"), "did you mean 'spec.spki'");
    refuses(
        key,
        "{\"name\":\"ci\",\"role\":\"client\",\"tenant\":\"a\"}",
        "either 'spec.sha256' or 'spec.spki'");
    refuses(new ResourceKey("Unheard", "of"), "{}", "no kind 'Unheard'");
    complains("kind: ApiKey\nname: abcdefghijklmnop\nspec: {}\n", "f.yaml:1", "unknown kind");
  }

  @Test
  void aLabelExpressionMeansTheNodesOfWhichAllTermsHold() {
    LabelExpression expression =
        LabelExpression.parse(
            "tier in (edge, hub) && region = \"eu\" && site not in (a) && x != y");
    TreeMap<String, String> labels = new TreeMap<>();
    assertThat(expression.matches(labels)).isFalse();
    labels.put("tier", "hub");
    labels.put("region", "eu");
    assertThat(expression.matches(labels)).isTrue();
    labels.put("site", "a");
    assertThat(expression.matches(labels)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tier", "tier =", "tier in ()", "a = b c", "a = b &&", "a = $", "&&"})
  void aLabelExpressionThatCannotBeReadSaysWhere(String text) {
    assertThatThrownBy(() -> LabelExpression.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at character");
  }
}
