// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.mesh.v1.GetProgressResponse;
import io.rhizome.mesh.v1.HandOverPart;
import io.rhizome.mesh.v1.HandOverResponse;
import io.rhizome.mesh.v1.HandedJob;
import io.rhizome.mesh.v1.JobExchangeGrpc;
import io.rhizome.mesh.v1.PartResult;
import io.rhizome.mesh.v1.ReadPartsRequest;
import io.rhizome.node.jobs.ItemResult;
import io.rhizome.node.jobs.Job;
import io.rhizome.node.jobs.JobId;
import io.rhizome.node.jobs.OtherSites;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** Other sites, by their nodes' label {@code site}. {@link JobExchangeService} is the other end. */
public final class GrpcOtherSites implements OtherSites {
  private static final long CALL_SECONDS = 5;

  /** To send what is handed over, or to read results. */
  private static final long LONG_SECONDS = 60;

  /** Nodes of a site that are asked, one after the other. */
  private static final int ASKED = 3;

  private final MeshChannels channels;
  private final Supplier<MembershipView> membership;
  private final Function<Job, List<Offer>> offers;

  /** Sites over these channels, which offer that. */
  public GrpcOtherSites(
      MeshChannels channels,
      Supplier<MembershipView> membership,
      Function<Job, List<Offer>> offers) {
    this.channels = channels;
    this.membership = membership;
    this.offers = offers;
  }

  @Override
  public List<Offer> offers(Job job) {
    return offers.apply(job);
  }

  @Override
  public boolean reaches(String site) {
    return membership.get().members().values().stream()
        .anyMatch(member -> member.status() == Member.Status.ALIVE && isOf(member, site));
  }

  private static boolean isOf(Member member, String site) {
    return member.status().usable() && site.equals(SiteMessages.site(member));
  }

  /** What is asked of a node. */
  private interface Call<T> {
    T of(ManagedChannel node) throws IOException;
  }

  /** Asks nodes of that site until one answers. */
  private <T> T ask(String site, Call<T> call) throws IOException {
    List<Member> members =
        membership.get().members().values().stream()
            .filter(member -> isOf(member, site))
            .limit(ASKED)
            .toList();
    List<String> reasons = new ArrayList<>();
    for (Member member : members) {
      ManagedChannel channel = channels.to(member.id());
      try {
        if (channel != null) {
          return call.of(channel);
        }
      } catch (StatusRuntimeException e) {
        reasons.add(e.getStatus().getCode() + ": " + e.getStatus().getDescription());
      } catch (IOException e) {
        reasons.add(e.getMessage());
      }
    }
    throw new IOException(
        reasons.isEmpty() ? "no node of it is reached" : String.join("; ", reasons));
  }

  private static JobExchangeGrpc.JobExchangeBlockingStub stub(ManagedChannel node, long seconds) {
    return JobExchangeGrpc.newBlockingStub(node).withDeadlineAfter(seconds, TimeUnit.SECONDS);
  }

  private static HandedJob named(JobId job) {
    return HandedJob.newBuilder().setId(job.text()).build();
  }

  @Override
  public void handOver(String site, Job job, Items items) throws IOException {
    HandOverPart first =
        HandOverPart.newBuilder()
            .setJob(UnsafeByteOperations.unsafeWrap(SiteMessages.toBytes(job)))
            .build();
    var unused =
        ask(
            site,
            node -> {
              Sending<HandOverPart, HandOverResponse> sending = new Sending<>();
              JobExchangeGrpc.newStub(node)
                  .withDeadlineAfter(LONG_SECONDS, TimeUnit.SECONDS)
                  .handOver(sending);
              return sending.run(
                  taker -> {
                    taker.take(first);
                    items.forEach(item -> taker.take(message(item)));
                  },
                  LONG_SECONDS);
            });
  }

  private static HandOverPart message(byte[] item) {
    return HandOverPart.newBuilder().setItem(UnsafeByteOperations.unsafeWrap(item)).build();
  }

  @Override
  public Optional<Progress> progress(String site, JobId job) throws IOException {
    return ask(
        site,
        node -> {
          try {
            GetProgressResponse progress = stub(node, CALL_SECONDS).getProgress(named(job));
            return Optional.of(new Progress(progress.getDone(), progress.getCancelled()));
          } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  @Override
  public List<ItemResult> results(String site, JobId job, int first, int count) throws IOException {
    ReadPartsRequest request =
        ReadPartsRequest.newBuilder().setId(job.text()).setFirstItem(first).setItems(count).build();
    return ask(
        site,
        node -> {
          List<ItemResult> results = new ArrayList<>();
          stub(node, LONG_SECONDS)
              .readParts(request)
              .forEachRemaining(result -> results.add(result(result)));
          return results;
        });
  }

  private static ItemResult result(PartResult result) {
    return result.hasAnswer()
        ? new ItemResult(result.getItem(), ItemResult.Kind.ANSWER, result.getAnswer().toByteArray())
        : ItemResult.error(result.getItem(), result.getError());
  }

  @Override
  public void cancel(String site, JobId job) throws IOException {
    var unused = ask(site, node -> stub(node, CALL_SECONDS).giveUp(named(job)));
  }
}
