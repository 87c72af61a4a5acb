// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.google.protobuf.ByteString;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.PolicyCopyFile;
import io.rhizome.node.VoterDirectory;
import io.rhizome.node.config.ConfigException;
import io.rhizome.node.config.DirectoryLock;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.Proposals;
import io.rhizome.node.identity.Roster;
import io.rhizome.node.identity.admission.AdmissionFile;
import io.rhizome.node.identity.admission.AdmissionKind;
import io.rhizome.node.identity.admission.Admissions;
import io.rhizome.node.identity.admission.EntryBody;
import io.rhizome.node.identity.admission.SuccessionRules;
import io.rhizome.node.policy.FollowerPolicyStore;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ProposalId;
import io.rhizome.node.policy.Resource;
import io.rhizome.v1.PolicyStatusRequest;
import io.rhizome.v1.ProposeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome replace-key}: a node's own key vouches for the one that replaces it. */
@Command(
    name = "replace-key",
    description =
        "Replace the key of the node in a directory, which must not run: same name, same labels.")
final class ReplaceKeyCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin NodeOption node = new NodeOption();

  @Parameters(paramLabel = "DIR", description = "The node's directory.")
  Path dir = Path.of("");

  @Override
  public Integer call() throws IOException {
    Path keyFile = dir.resolve("identity").resolve("node.key");
    Path nextFile = dir.resolve("identity").resolve("node.key.next");
    if (!Files.isDirectory(dir)) {
      throw new ConfigException(dir + " is no node's directory");
    }
    DirectoryLock lock = DirectoryLock.acquire(dir);
    try (NodeClient client = node.connect()) {
      Identity old = Identity.load(keyFile);
      AdmissionFile file = new AdmissionFile(dir.resolve("policy"));
      Admissions known =
          file.load()
              .orElseThrow(
                  () -> new ConfigException(dir + ": the node has not been in a mesh yet; run it"));
      List<NodeId> voters = otherVoters(client, old.nodeId());
      // Kept from attempt to attempt: once the mesh has taken it there is no way back.
      Identity next = Identity.loadOrCreate(nextFile);
      long version =
          client
              .policy()
              .propose(
                  ProposeRequest.newBuilder()
                      .setProposal(
                          ByteString.copyFrom(PolicyCodec.encode(proposal(known, old, next))))
                      .build())
              .getVersion();
      file.save(known.withSuccessor(old.nodeId(), next.publicKey()));
      follow(dir.resolve("policy"), voters);
      Files.move(nextFile, keyFile, StandardCopyOption.ATOMIC_MOVE);
      CommittedLine.print(
          AdmissionKind.NODE.key(next.nodeId()),
          "replaces " + old.nodeId().shortName(),
          version,
          false,
          spec.commandLine().getOut());
      return 0;
    } finally {
      lock.close();
    }
  }

  private static List<NodeId> otherVoters(NodeClient client, NodeId old) {
    List<NodeId> voters =
        client
            .policy()
            .policyStatus(PolicyStatusRequest.getDefaultInstance())
            .getVotersList()
            .stream()
            .map(NodeId::parse)
            .filter(voter -> !voter.equals(old))
            .toList();
    if (voters.isEmpty()) {
      throw new ConfigException(
          "this node has the only vote on policy; let another node join and get a vote first");
    }
    return voters;
  }

  /** Its vote stays with the old key, and is taken away; the new one begins by following. */
  private static void follow(Path policy, List<NodeId> voters) throws IOException {
    FollowerPolicyStore.keep(new PolicyCopyFile(policy.resolve("copy")), voters, PolicyImage.EMPTY);
    VoterDirectory votes = VoterDirectory.in(policy);
    if (votes.exists()) {
      votes.delete();
    }
  }

  private static Proposal proposal(Admissions known, Identity old, Identity next) {
    Resource resource = known.policy().resources().get(AdmissionKind.NODE.key(old.nodeId()));
    if (resource == null) {
      throw new ConfigException(
          "node %s is not admitted, as far as is known here".formatted(old.nodeId().shortName()));
    }
    Roster.Entry entry = EntryBody.parse(resource.key(), resource.body());
    return Proposals.sign(
        old,
        Proof.By.NODE,
        ProposalId.random(new SecureRandom()),
        known.mesh().orElseThrow(),
        known.policy().version(),
        SuccessionRules.changes(entry, resource.version(), next.publicKey()));
  }
}
