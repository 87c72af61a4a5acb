// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One node's answer to {@code GET /metrics}, read strictly as the Prometheus text format 0.0.4: one
 * type before its samples, every family in one piece, no series twice, line feeds at every end.
 */
final class Scrape {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final Pattern HELP = Pattern.compile("# HELP (" + NAME + ") (.*)");
  private static final Pattern TYPE =
      Pattern.compile("# TYPE (" + NAME + ") (counter|gauge|histogram|summary|untyped)");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\[\\\\\"n])*)\"");
  private static final String ONE_LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\]|\\\\[\\\\\"n])*\"";
  private static final Pattern SAMPLE =
      Pattern.compile(
          "(" + NAME + ")(?:\\{(" + ONE_LABEL + "(?:," + ONE_LABEL + ")*,?)\\})? (\\S+)");

  private final SortedMap<String, Sample> samples = new TreeMap<>();
  private final SortedMap<String, String> types = new TreeMap<>();

  private record Sample(String name, SortedMap<String, String> labels, double value) {}

  /** Asks a node. */
  static Scrape of(NodeProcess node) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + node.httpPort() + "/metrics");
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(uri).timeout(LIMIT).GET().build(), BodyHandlers.ofString());
    String type = answer.headers().firstValue("content-type").orElse("");
    if (answer.statusCode() != 200 || !type.equals("text/plain; version=0.0.4; charset=utf-8")) {
      throw new AssertionError("status " + answer.statusCode() + ", content type " + type);
    }
    return parse(answer.body());
  }

  static Scrape parse(String text) {
    Scrape scrape = new Scrape();
    if (!text.endsWith("\n")) {
      throw new AssertionError("the last line has no end");
    }
    String family = "";
    for (String line : text.lines().toList()) {
      Matcher help = HELP.matcher(line);
      Matcher type = TYPE.matcher(line);
      if (type.matches()) {
        family = type.group(1);
        if (scrape.types.put(family, type.group(2)) != null) {
          throw new AssertionError("a second type: " + line);
        }
      } else if (!help.matches()) {
        scrape.addSample(family, line);
      }
    }
    return scrape;
  }

  private void addSample(String family, String line) {
    Matcher sample = SAMPLE.matcher(line);
    if (!sample.matches()) {
      throw new AssertionError("neither a comment nor a sample: " + line);
    }
    String name = sample.group(1);
    boolean histogram =
        "histogram".equals(types.get(family)) || "summary".equals(types.get(family));
    String base = histogram ? name.replaceFirst("_(bucket|sum|count)$", "") : name;
    if (!base.equals(family)) {
      throw new AssertionError("not of the family " + family + " that it stands in: " + line);
    }
    SortedMap<String, String> labels = new TreeMap<>();
    Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
    while (label.find()) {
      if (labels.put(label.group(1), label.group(2)) != null) {
        throw new AssertionError("a label twice: " + line);
      }
    }
    double value = Double.parseDouble(sample.group(3).replace("Inf", "Infinity"));
    if (samples.put(name + labels, new Sample(name, labels, value)) != null) {
      throw new AssertionError("a series twice: " + line);
    }
  }

  /** The names that PromQL can ask for. */
  NavigableSet<String> names() {
    NavigableSet<String> names = new TreeSet<>();
    samples.values().forEach(sample -> names.add(sample.name()));
    return names;
  }

  /** The values of a label over all series of that name. */
  NavigableSet<String> labels(String name, String label) {
    NavigableSet<String> values = new TreeSet<>();
    samples.values().stream()
        .filter(sample -> sample.name().equals(name) && sample.labels().containsKey(label))
        .forEach(sample -> values.add(sample.labels().getOrDefault(label, "")));
    return values;
  }

  /** The type that was declared for a metric; empty if none was. */
  String type(String name) {
    return types.getOrDefault(name, "");
  }

  /** The values of all series of that name with these labels, added up; 0 where there is none. */
  double sum(String name, String... labels) {
    List<String> wanted = new ArrayList<>(List.of(labels));
    SortedMap<String, String> pairs = new TreeMap<>();
    for (int i = 0; i < wanted.size(); i += 2) {
      pairs.put(wanted.get(i), wanted.get(i + 1));
    }
    return samples.values().stream()
        .filter(sample -> sample.name().equals(name))
        .filter(sample -> sample.labels().entrySet().containsAll(pairs.entrySet()))
        .mapToDouble(Sample::value)
        .sum();
  }

  /** The counts of a histogram's buckets by their bounds; they never fall. */
  SortedMap<Double, Double> buckets(String name, String label, String value) {
    SortedMap<Double, Double> buckets = new TreeMap<>();
    samples.values().stream()
        .filter(sample -> sample.name().equals(name + "_bucket"))
        .filter(sample -> value.equals(sample.labels().get(label)))
        .forEach(
            sample ->
                buckets.put(
                    Double.valueOf(
                        sample.labels().getOrDefault("le", "").replace("Inf", "Infinity")),
                    sample.value()));
    return Collections.unmodifiableSortedMap(buckets);
  }
}
