// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import io.rhizome.gossip.NodeId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Policy of a node without a vote: a copy, which follows one voter at a time by version, and is
 * kept on disk so that the node starts with it where no voter can be reached. Only what a voter
 * sends is taken. Drives {@link Following}; that and the copy are touched on {@code thread} only.
 */
public final class FollowerPolicyStore implements PolicyStore {
  private static final Logger log = LoggerFactory.getLogger(FollowerPolicyStore.class);
  private static final long TICK_MILLIS = 100;
  private static final long SAVE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final PolicySource source;
  private final ImageFile file;
  private final ScheduledExecutorService thread;
  private final LongSupplier nanoTime;
  private final PolicyMachine machine;
  private final PolicyFeed feed;
  private final Following following;
  private final ScheduledFuture<?> ticks;
  private volatile List<NodeId> voters;
  private volatile long currentAtNanos;
  private volatile boolean current;
  private volatile boolean everCurrent;
  private FollowerCopy saved;
  private long savedAtNanos;
  private @Nullable Runnable giveUp;
  private @Nullable Stream stream;

  /**
   * Opens the copy and begins to follow.
   *
   * @param thread one thread, the caller's to stop after {@link #close}
   */
  public FollowerPolicyStore(
      PolicySource source,
      ImageFile file,
      ScheduledExecutorService thread,
      LongSupplier nanoTime,
      RandomGenerator random)
      throws IOException {
    this.source = source;
    this.file = file;
    this.thread = thread;
    this.nanoTime = nanoTime;
    this.saved = load(file);
    this.savedAtNanos = nanoTime.getAsLong() - SAVE_NANOS;
    this.machine = new PolicyMachine(saved.image());
    this.feed = new PolicyFeed(saved.image());
    this.following = new Following(random, nanoTime.getAsLong());
    this.voters = saved.voters();
    following.onVoters(voters);
    this.ticks = thread.scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Writes the copy that a store over this file begins with. */
  public static void keep(ImageFile file, List<NodeId> voters, PolicyImage image)
      throws IOException {
    file.save(PolicyCodec.encode(new FollowerCopy(voters, image)));
  }

  private static FollowerCopy load(ImageFile file) throws IOException {
    Optional<byte[]> saved = file.load();
    if (saved.isEmpty()) {
      return FollowerCopy.EMPTY;
    }
    try {
      return PolicyCodec.followerCopy(saved.get());
    } catch (IllegalArgumentException e) {
      log.warn("the copy of policy on disk is damaged and will be got anew: {}", e.getMessage());
      return FollowerCopy.EMPTY;
    }
  }

  /** These have a vote, as far as the caller knows; a voter's own word replaces it. */
  public void onVoters(List<NodeId> known) {
    thread.execute(
        () -> {
          if (voters.isEmpty()) {
            voters(known);
          }
        });
  }

  /** Only these count from now on, whatever those who did until now say. */
  public void onNewVoters(List<NodeId> only) {
    thread.execute(
        () -> {
          voters(only);
          Stream following = stream;
          if (following != null) {
            following.end("its vote counts no more");
          }
        });
  }

  private void voters(List<NodeId> known) {
    voters = List.copyOf(known);
    following.onVoters(voters);
  }

  private void tick() {
    following
        .onTick(nanoTime.getAsLong())
        .ifPresent(
            voter -> {
              Stream next = new Stream(voter);
              stream = next;
              giveUp = source.follow(voter, machine.version(), next);
            });
    if (current) {
      currentAtNanos = nanoTime.getAsLong();
    }
    if (nanoTime.getAsLong() - savedAtNanos >= SAVE_NANOS) {
      save();
    }
  }

  /** All of it, so not for each change. A copy that cannot be written is a copy still. */
  private void save() {
    if (machine.version() == saved.image().snapshot().version() && voters.equals(saved.voters())) {
      return;
    }
    savedAtNanos = nanoTime.getAsLong();
    saved = new FollowerCopy(voters, machine.image());
    try {
      file.save(PolicyCodec.encode(saved));
    } catch (IOException e) {
      log.error("cannot keep policy version {} on disk: {}", machine.version(), e.getMessage());
    }
  }

  /**
   * What one voter sends, taken on this store's thread, as long as it is the one that is followed.
   */
  private final class Stream implements PolicySource.Listener {
    private final NodeId voter;

    Stream(NodeId voter) {
      this.voter = voter;
    }

    @Override
    public void onVoting(PolicySource.Voting voting) {
      take(
          () -> {
            voters(voting.voters());
            current = voting.current();
            everCurrent |= current;
            currentAtNanos = nanoTime.getAsLong();
            if (!voting.voters().contains(voter)) {
              end("it has no vote any more");
            }
          });
    }

    @Override
    public void onImage(PolicyImage image) {
      take(
          () -> {
            if (image.snapshot().version() > machine.version()) {
              machine.restore(image);
              feed.onImage(image);
            }
          });
    }

    @Override
    public void onRecord(PolicyRecord record) {
      take(
          () -> {
            long next = machine.version() + 1;
            if (record.version() != next) {
              end("it sent version %d where %d was due".formatted(record.version(), next));
              return;
            }
            machine.replay(record);
            feed.onRecord(record, machine.image());
          });
    }

    @Override
    public void onEnd(String why) {
      take(() -> end(why));
    }

    private void take(Runnable what) {
      thread.execute(
          () -> {
            if (stream == this) {
              following.onProgress();
              what.run();
            }
          });
    }

    private void end(String why) {
      if (current) {
        log.info("policy no longer follows node {}: {}", voter.shortName(), why);
      }
      current = false;
      stream = null;
      stopStream();
      following.onEnd(nanoTime.getAsLong());
    }
  }

  private void stopStream() {
    if (giveUp != null) {
      giveUp.run();
      giveUp = null;
    }
  }

  @Override
  public CompletionStage<Long> propose(Proposal proposal) {
    return VoterRound.propose(source, proposal, voters, thread);
  }

  @Override
  public PolicyImage image() {
    return feed.image();
  }

  @Override
  public Runnable watch(long after, PolicyWatcher watcher) {
    return feed.watch(after, watcher);
  }

  @Override
  public PolicyStatus status() {
    return new PolicyStatus(
        PolicyStatus.Role.FOLLOWER,
        voters,
        Optional.empty(),
        0,
        snapshot().version(),
        everCurrent ? nanoTime.getAsLong() - currentAtNanos : Long.MAX_VALUE);
  }

  @Override
  public void close() {
    thread.execute(
        () -> {
          ticks.cancel(false);
          stream = null;
          stopStream();
          save();
        });
  }
}
