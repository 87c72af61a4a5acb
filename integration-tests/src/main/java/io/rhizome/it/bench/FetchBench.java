// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import io.rhizome.it.Answers;
import io.rhizome.it.Checkout;
import io.rhizome.it.Digits;
import io.rhizome.it.LocalMesh;
import io.rhizome.it.NodeProcess;
import io.rhizome.it.OperatorKey;
import io.rhizome.it.PaddedModel;
import io.rhizome.it.PortPlan;
import io.rhizome.it.Table;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.v1.LoadModelProgress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** How fast a model gets from one node to another, and how soon it answers there. */
final class FetchBench implements Benchmark {
  private static final int WARM_UPS = 20;
  private static final double RATE_RATIO_AT_LEAST = 0.4;
  private static final long SEED = 1;
  private static final int MODEL_BYTES = 64 << 20;
  private static final int HOLDER = 1;
  private static final int FETCHER = 2;
  private static final Duration LOAD_LIMIT = Duration.ofSeconds(60);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(10);
  private static final Pattern LOGGED =
      Pattern.compile(
          "file '[^']*' of (\\S+) version 1 \\S+ is here: (\\d+) of \\2 bytes fetched in (\\d+) ms");

  private final boolean quick;
  private final int models;

  FetchBench(boolean quick) {
    this.quick = quick;
    this.models = quick ? 3 : 10;
  }

  /** One model on its way to the second node. */
  private record Fetched(
      long bytes, double seconds, double cpuSeconds, double firstAnswerSeconds) {}

  @Override
  public String name() {
    return "fetch";
  }

  @Override
  public List<String> method() {
    return List.of(
        "Two nodes on loopback. One holds "
            + models
            + " models, each a digit classifier in one file",
        "of 64 MiB, nearly all of it random bytes beside the code. The other fetches and loads them",
        "in turn, after twenty more that warm both up; a client that is warm too asks for each.",
        "Before each fetch the same file is copied by a plain TLS socket within one JVM: JDK,",
        "TLS_AES_128_GCM_SHA256, 64 KiB at a time, from file to file on the same disk, warm, neither",
        "compared nor, in the time that counts, forced to disk: that is done before the fetch begins,",
        "which would wait for the copy's bytes as well.",
        "rate_ratio: bytes per second of all fetches over those of all copies; a fetch lasts from the",
        "first question to the holder until the file, its digests compared, is forced to disk.",
        "forced_ratio: the same, where a copy lasts until it too is forced to disk.",
        "cpu_s_per_gb: CPU of both nodes from the request to the last chunk, per 10^9 bytes.",
        "first_answer_s: from the first chunk to the first right answer by the node that fetched,",
        "verifying, loading and warming included; median.");
  }

  @Override
  public Result run(Checkout checkout) throws IOException, InterruptedException {
    Digits digits = Digits.read(checkout.digitsTest());
    Table table =
        new Table(
            "model", "copy MB/s", "copy, forced MB/s", "fetch MB/s", "cpu s", "first answer s");
    List<Map<String, Object>> rows = new ArrayList<>();
    double copySeconds = 0;
    double forcedSeconds = 0;
    double fetchSeconds = 0;
    double cpuSeconds = 0;
    long bytes = 0;
    double[] answers = new double[models];
    try (LocalMesh mesh = LocalMesh.found(checkout, 2, List.of(), PortPlan.free(2, new Random()));
        TlsCopy copy = tls(mesh.directory())) {
      OperatorKey operator = OperatorKey.read(mesh.operatorKey());
      mesh.startAll();
      mesh.awaitMembers();
      Random random = new Random(SEED);
      for (int i = -WARM_UPS; i < models; i++) {
        Path file = mesh.directory().resolve("model.pt");
        PaddedModel.write(checkout.digitsModel(), file, MODEL_BYTES, random);
        String model = Digits.MODEL + (i + WARM_UPS);
        mesh.pushDigits(HOLDER, file, model);
        mesh.awaitHolders(model, 1);
        double unused = force(file);
        Path copyOfIt = mesh.directory().resolve("copy");
        double copied = copy.copy(file, copyOfIt);
        double forced = copied + force(copyOfIt);
        Fetched fetched = fetch(mesh, operator, model, digits);
        double megabytes = fetched.bytes() / 1e6;
        table.row(
            i < 0 ? "warm-up" : i + 1,
            Figure.text(megabytes / copied),
            Figure.text(megabytes / forced),
            Figure.text(megabytes / fetched.seconds()),
            Figure.text(fetched.cpuSeconds()),
            Figure.text(fetched.firstAnswerSeconds()));
        if (i >= 0) {
          copySeconds += copied;
          forcedSeconds += forced;
          fetchSeconds += fetched.seconds();
          cpuSeconds += fetched.cpuSeconds();
          bytes += fetched.bytes();
          answers[i] = fetched.firstAnswerSeconds();
          rows.add(row(i, copied, forced, fetched));
        }
      }
    }
    System.out.print(table);
    return new Result(
        name(),
        method(),
        quick,
        SEED,
        List.of(
            Figure.requiredAtLeast("rate_ratio", copySeconds / fetchSeconds, RATE_RATIO_AT_LEAST),
            Figure.reported("forced_ratio", forcedSeconds / fetchSeconds),
            Figure.reported("cpu_s_per_gb", cpuSeconds / (bytes / 1e9)),
            Figure.reported("first_answer_s", Median.of(answers))),
        rows);
  }

  /** Returns how long that took, in seconds. */
  private static double force(Path file) throws IOException {
    long started = System.nanoTime();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    return (System.nanoTime() - started) / 1e9;
  }

  private static TlsCopy tls(Path directory) throws IOException, InterruptedException {
    try {
      return new TlsCopy(directory);
    } catch (GeneralSecurityException e) {
      throw new IOException("the TLS copy did not come about", e);
    }
  }

  private static Fetched fetch(LocalMesh mesh, OperatorKey operator, String model, Digits digits)
      throws IOException {
    long firstChunk = 0;
    double cpuBefore = cpuSeconds(mesh);
    double cpu = Double.NaN;
    Iterator<LoadModelProgress> steps = operator.load(mesh.client(FETCHER), model, LOAD_LIMIT);
    while (steps.hasNext()) {
      boolean fetching = steps.next().getStage().equals("FETCHING");
      if (firstChunk == 0) {
        firstChunk = System.nanoTime();
      }
      if (!fetching && Double.isNaN(cpu)) {
        cpu = cpuSeconds(mesh) - cpuBefore;
      }
    }
    awaitAnswer(mesh, model, digits);
    double firstAnswer = (System.nanoTime() - firstChunk) / 1e9;
    MatchResult logged = logged(mesh.node(FETCHER), model);
    return new Fetched(
        Long.parseLong(logged.group(2)), Long.parseLong(logged.group(3)) / 1e3, cpu, firstAnswer);
  }

  private static double cpuSeconds(LocalMesh mesh) throws IOException {
    double seconds = 0;
    for (NodeProcess node : mesh.nodes()) {
      seconds += ProcessCounters.cpuSeconds(node.pid());
    }
    return seconds;
  }

  /** Until the node that fetched the model has answered with it, and rightly. */
  private static void awaitAnswer(LocalMesh mesh, String model, Digits digits) {
    ModelInferRequest request = digits.rawRequest(0).toBuilder().setModelName(model).build();
    String wanted = mesh.node(FETCHER).name();
    long end = System.nanoTime() + CALL_LIMIT.toNanos();
    String servedBy = "";
    while (!servedBy.equals(wanted)) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException(wanted + " does not answer for " + model);
      }
      ModelInferResponse answer = mesh.client(FETCHER).infer(request, CALL_LIMIT);
      if (!digits.isRight(0, answer)) {
        throw new IllegalStateException("a wrong answer by " + Answers.servedBy(answer));
      }
      servedBy = Answers.servedBy(answer);
    }
  }

  /** What the node says of the fetch in its log; only it knows when that began and ended. */
  private static MatchResult logged(NodeProcess node, String model) throws IOException {
    return LOGGED
        .matcher(Files.readString(node.log()))
        .results()
        .filter(found -> found.group(1).equals(model))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no fetch of " + model + " in the log"));
  }

  private static Map<String, Object> row(int i, double copied, double forced, Fetched fetched) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("model", i + 1);
    row.put("bytes", fetched.bytes());
    row.put("copy_s", copied);
    row.put("copy_forced_s", forced);
    row.put("fetch_s", fetched.seconds());
    row.put("cpu_s", fetched.cpuSeconds());
    row.put("first_answer_s", fetched.firstAnswerSeconds());
    return row;
  }
}
