// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.primitive.PrimitiveBuilder;
import io.atomix.primitive.PrimitiveManagementService;
import io.atomix.primitive.PrimitiveType;
import io.atomix.primitive.config.PrimitiveConfig;
import io.atomix.primitive.operation.OperationId;
import io.atomix.primitive.service.BackupInput;
import io.atomix.primitive.service.BackupOutput;
import io.atomix.primitive.service.Commit;
import io.atomix.primitive.service.PrimitiveService;
import io.atomix.primitive.service.ServiceConfig;
import io.atomix.primitive.service.ServiceContext;
import io.atomix.primitive.session.Session;
import io.atomix.primitive.session.SessionId;
import io.atomix.utils.serializer.Serializer;
import io.atomix.utils.time.WallClockTimestamp;
import io.rhizome.node.policy.Decision;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicyFeed;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.node.policy.PolicyMachine;
import io.rhizome.node.policy.PolicyRecord;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Policy as Atomix' state machine. Atomix makes a service when the first session opens and when a
 * snapshot is installed; all of them drive the one machine, on Atomix' state thread. An entry is
 * forced before it is applied, which is what a lone voter acknowledges by. Whatever goes wrong here
 * stops the voter: Atomix would log it and apply the next entry.
 */
@SuppressWarnings("rawtypes") // Atomix' builders are not used
final class PolicyReplica implements PrimitiveType {
  static final String NAME = "policy";
  static final OperationId PROPOSE = OperationId.command("propose");
  static final OperationId RESTORE = OperationId.command("restore");
  private static final int MAX_IMAGE_BYTES = 64 << 20;

  private final PolicyMachine machine = new PolicyMachine(PolicyImage.EMPTY);
  private final PolicyFeed feed = new PolicyFeed(PolicyImage.EMPTY);
  private final RestoredParts parts = new RestoredParts();
  private final LogForce log;
  private final VoterFailure failure;
  private final LongSupplier snapshotIndex;
  private final LongSupplier appliedIndex;
  private final LongConsumer applied;
  private long knownIndex;

  /**
   * A replica of nothing.
   *
   * @param snapshotIndex the index of the newest snapshot, 0 for none
   * @param appliedIndex the index of the last entry that Atomix applied, whatever its kind
   * @param applied told the index of each proposal that is applied
   */
  PolicyReplica(
      LogForce log,
      VoterFailure failure,
      LongSupplier snapshotIndex,
      LongSupplier appliedIndex,
      LongConsumer applied) {
    this.log = log;
    this.failure = failure;
    this.snapshotIndex = snapshotIndex;
    this.appliedIndex = appliedIndex;
    this.applied = applied;
  }

  /** What may be shown. */
  PolicyFeed feed() {
    return feed;
  }

  byte[] apply(long index, OperationId operation, byte[] value, long stampMillis) {
    failure.check();
    log.through(index);
    try {
      long snapshot = snapshotIndex.getAsLong();
      if (snapshot < index && snapshot > knownIndex) {
        throw new IllegalStateException(
            "snapshot %d could not be installed, so entry %d cannot be applied"
                .formatted(snapshot, index));
      }
      knownIndex = index;
      byte[] answer = operation.equals(RESTORE) ? begin(value) : decide(value, stampMillis);
      applied.accept(index);
      return answer;
    } catch (RuntimeException e) {
      failure.fail(e);
      throw e;
    }
  }

  private byte[] decide(byte[] proposal, long stampMillis) {
    Decision decision = machine.decide(PolicyCodec.proposal(proposal), stampMillis);
    if (decision instanceof Decision.Refused refused) {
      return Answer.refused(refused);
    }
    if (decision instanceof Decision.Repeated repeated) {
      return Answer.version(repeated.version());
    }
    PolicyRecord record = ((Decision.Commit) decision).record();
    machine.replay(record);
    feed.onRecord(record, machine.image());
    return Answer.version(record.version());
  }

  /** A part of the image that this policy's history begins with. */
  private byte[] begin(byte[] part) {
    if (machine.version() != 0) {
      return Answer.refused(
          new Decision.Refused(
              PolicyException.Code.CONFLICT, "policy has begun: version " + machine.version()));
    }
    Optional<byte[]> all = parts.add(part);
    if (all.isPresent()) {
      PolicyImage image = PolicyCodec.image(all.get());
      machine.restore(image);
      feed.onImage(image);
    }
    return Answer.version(machine.version());
  }

  void backup(BackupOutput output) {
    failure.check();
    byte[] image = PolicyCodec.encode(machine.image());
    byte[] begun = parts.bytes();
    output.writeInt(image.length).write(image);
    output.writeInt(begun.length).write(begun);
    knownIndex = Math.max(knownIndex, appliedIndex.getAsLong());
  }

  void restore(BackupInput input) {
    try {
      PolicyImage image = PolicyCodec.image(bytes(input));
      parts.restore(bytes(input));
      machine.restore(image);
      feed.onImage(image);
      knownIndex = snapshotIndex.getAsLong();
    } catch (RuntimeException e) {
      failure.fail(new IllegalStateException("a snapshot of policy cannot be installed", e));
      throw e;
    }
  }

  private static byte[] bytes(BackupInput input) {
    int length = input.readInt();
    if (length < 0 || length > MAX_IMAGE_BYTES) {
      throw new IllegalArgumentException("a snapshot of " + length + " bytes");
    }
    return input.readBytes(length);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public PrimitiveConfig newConfig() {
    throw new UnsupportedOperationException();
  }

  @Override
  public PrimitiveBuilder newBuilder(
      String name, PrimitiveConfig config, PrimitiveManagementService management) {
    throw new UnsupportedOperationException();
  }

  @Override
  public PrimitiveService newService(ServiceConfig config) {
    return new Service();
  }

  /** Atomix' side of it. */
  private final class Service implements PrimitiveService {
    private final Serializer serializer = Serializer.using(namespace());

    @Override
    public void init(ServiceContext context) {}

    @Override
    public void tick(WallClockTimestamp timestamp) {}

    @Override
    public Serializer serializer() {
      return serializer;
    }

    @Override
    public void backup(BackupOutput output) {
      PolicyReplica.this.backup(output);
    }

    @Override
    public void restore(BackupInput input) {
      PolicyReplica.this.restore(input);
    }

    @Override
    public byte[] apply(Commit<byte[]> commit) {
      return PolicyReplica.this.apply(
          commit.index(),
          commit.operation(),
          commit.value(),
          commit.wallClockTime().unixTimestamp());
    }

    @Override
    public void register(Session session) {}

    @Override
    public void expire(SessionId session) {}

    @Override
    public void close(SessionId session) {}
  }
}
