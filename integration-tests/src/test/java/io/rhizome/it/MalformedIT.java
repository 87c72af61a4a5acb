// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static io.rhizome.it.SharedMesh.BYSTANDER;
import static io.rhizome.it.SharedMesh.PUSHED_TO;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.rhizome.node.protocol.RawMessages;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.v1.StatusRequest;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Ten thousand malformed requests, over REST and gRPC, to a node that holds the model and to one
 * that does not: each is refused in words that name the field, the next good one is answered, and
 * the node weighs no more than before.
 */
@ExtendWith(SharedMesh.class)
final class MalformedIT {
  private static final long SEED = 20_261_124;
  private static final int REQUESTS = 10_000;
  private static final int ROUNDS = 3;
  private static final int CLIENTS = 4;
  private static final int GOOD_EVERY = 100;
  private static final double MAX_GROWTH_MB = 24;
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Set<Status.Code> REFUSALS =
      EnumSet.of(
          Status.Code.INVALID_ARGUMENT, Status.Code.NOT_FOUND, Status.Code.RESOURCE_EXHAUSTED);
  private static final Metadata.Key<String> RETRY =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Test
  @Timeout(value = 180, unit = TimeUnit.SECONDS)
  void everyMalformedRequestIsRefusedInWordsAndLeavesNothingBehind(LocalMesh mesh, Digits digits)
      throws Exception {
    System.out.println("malformed: seed " + SEED);
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    double[] weights = new double[ROUNDS];
    try {
      for (int round = 0; round < ROUNDS; round++) {
        List<Callable<Void>> work = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
          long seed = SEED + (long) round * CLIENTS + client;
          int node = client % 2 == 0 ? PUSHED_TO : BYSTANDER;
          work.add(() -> sendMany(mesh, node, digits, new Random(seed)));
        }
        for (Future<Void> done : clients.invokeAll(work)) {
          done.get();
        }
        weights[round] = rssMb(mesh);
        System.out.printf("malformed: round %d, rss %.1f MB%n", round + 1, weights[round]);
      }
    } finally {
      clients.shutdownNow();
    }
    assertThat(weights[ROUNDS - 1] - weights[0]).as("growth in MB").isLessThan(MAX_GROWTH_MB);
  }

  private static double rssMb(LocalMesh mesh) {
    return mesh.client(PUSHED_TO)
            .admin(LIMIT)
            .status(StatusRequest.getDefaultInstance())
            .getRssBytes()
        / (double) (1 << 20);
  }

  private Void sendMany(LocalMesh mesh, int node, Digits digits, Random random) throws Exception {
    ModelInferRequest good = digits.rawRequest(random.nextInt(digits.size()));
    MalformedRest rest = new MalformedRest(random, good);
    MalformedGrpc grpc = new MalformedGrpc(random, good, digits.typedRequest(0));
    Channel channel = mesh.client(node).channel();
    int httpPort = mesh.node(node).httpPort();
    int share = (REQUESTS + ROUNDS * CLIENTS - 1) / (ROUNDS * CLIENTS);
    for (int i = 0; i < share; i++) {
      if (random.nextBoolean()) {
        refused(rest.next(), httpPort);
      } else {
        refused(grpc.next(), channel);
      }
      if (i % GOOD_EVERY == 0) {
        assertThat(Answers.floats(mesh.client(node).infer(good, LIMIT))).hasSize(10);
      }
    }
    return null;
  }

  private void refused(MalformedRest.Request request, int port) throws Exception {
    HttpRequest.Builder sent =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + request.path()))
            .timeout(LIMIT)
            .POST(BodyPublishers.ofByteArray(request.body()));
    request.headers().forEach(sent::header);
    HttpResponse<byte[]> answer = http.send(sent.build(), BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).as(request.kind()).isBetween(400, 428);
    String complaint = MalformedRest.complaint(answer.body());
    assertThat(request.names())
        .as("%s: %s", request.kind(), complaint)
        .anyMatch(complaint::contains);
  }

  private static void refused(MalformedGrpc.Request request, Channel channel) throws Exception {
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    try (InputStream answer =
        ClientCalls.blockingUnaryCall(
            channel, RawMessages.MODEL_INFER, options, request.message())) {
      throw new AssertionError(request.kind() + " was answered with " + answer.available());
    } catch (StatusRuntimeException refusal) {
      String complaint = String.valueOf(refusal.getStatus().getDescription());
      assertThat(REFUSALS)
          .as("%s: %s", request.kind(), refusal)
          .contains(refusal.getStatus().getCode());
      Metadata trailers = refusal.getTrailers();
      assertThat(trailers != null && trailers.containsKey(RETRY)).as(request.kind()).isFalse();
      assertThat(request.names())
          .as("%s: %s", request.kind(), complaint)
          .anyMatch(complaint::contains);
    }
  }
}
