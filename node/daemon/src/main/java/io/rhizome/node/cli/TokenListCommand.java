// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.identity.admission.AdmissionKind;
import io.rhizome.node.identity.admission.TokenBody;
import io.rhizome.node.policy.Resource;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rhizome token list}. */
@Command(name = "list", description = "List the tokens; what they are the secret of is not kept.")
final class TokenListCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PolicyOption policy = new PolicyOption();

  @Override
  public Integer call() throws IOException {
    Table table = new Table("TOKEN", "USES LEFT", "EXPIRES", "LABELS", "BY");
    var root = Json.MAPPER.createArrayNode();
    try (PolicyView view = policy.open()) {
      for (Resource resource : view.snapshot().list(AdmissionKind.TOKEN.text()).values()) {
        TokenBody token = TokenBody.parse(resource.key(), resource.body());
        String until = PolicyLines.when(token.expiresMillis());
        String labels =
            token.labels().entrySet().stream()
                .map(label -> label.getKey() + "=" + String.join(",", label.getValue()))
                .collect(Collectors.joining(" "));
        table.row(
            resource.key().name(),
            Integer.toString(token.uses()),
            until,
            labels,
            resource.author());
        root.addObject()
            .put("id", resource.key().name())
            .put("uses", token.uses())
            .put("expires", until)
            .put("labels", labels)
            .put("author", resource.author());
      }
    }
    if (policy.json) {
      spec.commandLine().getOut().println(Json.pretty(root));
    } else {
      table.print(spec.commandLine().getOut());
    }
    return 0;
  }
}
