// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.transport.GossipLoop;
import io.rhizome.node.config.NodeConfig;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.MeshTls;
import io.rhizome.node.identity.admission.AdmissionFile;
import io.rhizome.node.identity.admission.Belonging;
import io.rhizome.node.identity.admission.MeshRules;
import io.rhizome.node.identity.admission.PolicyAdmitted;
import io.rhizome.node.mesh.EventLoops;
import io.rhizome.node.mesh.GrpcAcquaintances;
import io.rhizome.node.mesh.GrpcPolicySource;
import io.rhizome.node.mesh.GrpcVoterTransport;
import io.rhizome.node.mesh.MeshChannels;
import io.rhizome.node.mesh.MeshKeySeeker;
import io.rhizome.node.mesh.MeshServer;
import io.rhizome.node.policy.Epochs;
import io.rhizome.node.policy.raft.AtomixPolicyStore;
import io.rhizome.node.policy.raft.FencedTransport;
import io.rhizome.node.policy.raft.VoterConfig;
import io.rhizome.node.resources.ResourceRules;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires policy, and who belongs by it, for {@link Node}. */
final class PolicyWiring {
  private static final Logger log = LoggerFactory.getLogger(PolicyWiring.class);
  private static final long SEEK_MILLIS = 2_000;

  private final NodeConfig config;
  private final Identity self;
  private final PolicyAdmitted admitted;
  private final Belonging belonging;
  private final ExecutorService blocking;

  PolicyWiring(
      NodeConfig config,
      Identity self,
      PolicyAdmitted admitted,
      Belonging belonging,
      ExecutorService blocking) {
    this.config = config;
    this.self = self;
    this.admitted = admitted;
    this.belonging = belonging;
    this.blocking = blocking;
  }

  Epochs epochs() throws IOException {
    return new Epochs(
        belonging.known().mesh().orElseThrow(),
        epoch ->
            admitted.isOperator(epoch.operator())
                && admitted.verify(
                    epoch.operator(), epoch.signedBytes().toArray(), epoch.signature().toArray()),
        new PolicyCopyFile(config.data().resolve("policy/epoch")));
  }

  /**
   * This node's part, not yet started.
   *
   * @param firstStart whether this node has never run before
   */
  Policies policies(
      Membership membership,
      MeshChannels channels,
      GrpcVoterTransport voters,
      Epochs epochs,
      boolean firstStart)
      throws IOException {
    ResourceRules resources = new ResourceRules();
    MeshRules rules =
        new MeshRules(
            belonging.known().mesh().orElseThrow(),
            belonging.founding(),
            resources::check,
            System::currentTimeMillis);
    PolicyPorts.VoterOpening opening =
        (directory, label, beside, welcome, gone, thread) ->
            AtomixPolicyStore.start(
                VoterConfig.of(directory, self.nodeId(), beside, welcome, gone),
                new FencedTransport(voters, epochs, label),
                rules,
                thread,
                System::nanoTime);
    return new Policies(
        config.data().resolve("policy"),
        self.nodeId(),
        belonging.known().founder().orElseThrow(),
        firstStart,
        config.policy().replaceVoterAfter(),
        new PolicyPorts(
            new GrpcPolicySource(channels, epochs, blocking),
            opening,
            voters::invite,
            new GrpcAcquaintances(channels, epochs, blocking)::ask,
            epochs,
            membership,
            admitted),
        blocking);
  }

  /** From now on who belongs is what policy says. */
  void followAdmissions(
      AdmissionFile file,
      Policies policies,
      GossipLoop gossip,
      MeshServer mesh,
      EventLoops loops,
      MeshTls tls)
      throws SSLException {
    MeshKeys keys = new MeshKeys(gossip, admitted.now(), config.seeds());
    MeshKeySeeker seeker = new MeshKeySeeker(loops, tls, keys::offer);
    admitted.onChange(keys::onAdmissions);
    admitted.onChange(now -> mesh.closeRevoked());
    admitted.onChange(now -> blocking.execute(() -> keep(file)));
    admitted.follow(policies.store());
    var unused =
        policies
            .thread()
            .scheduleWithFixedDelay(
                () -> keys.seek(policies.store(), seeker),
                SEEK_MILLIS,
                SEEK_MILLIS,
                TimeUnit.MILLISECONDS);
  }

  /** Whatever is newest by now; a file that cannot be written is written at the next change. */
  private void keep(AdmissionFile file) {
    try {
      file.save(admitted.now());
    } catch (IOException e) {
      log.error("cannot keep who belongs to the mesh: {}", e.getMessage());
    }
  }

  /** Where this is one of the first nodes, sees to it that the mesh is founded. */
  void found(Policies policies) {
    if (belonging.founding() != null) {
      new Founder(belonging.founding(), self, policies.store(), admitted, policies.thread())
          .start();
    }
  }
}
