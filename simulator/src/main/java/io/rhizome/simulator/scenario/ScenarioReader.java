// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.scenario;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.rhizome.gossip.GossipConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads scenarios. What it does not understand it refuses, with the line and the cure. */
public final class ScenarioReader {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(us|ms|s|m|h)");
  private static final ObjectMapper PLAIN = new ObjectMapper();
  private static final ObjectMapper YAML =
      YAMLMapper.builder()
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .addModule(
              new SimpleModule()
                  .addDeserializer(Duration.class, new Word<>(Duration.class, ScenarioReader::span))
                  .addDeserializer(Share.class, new Word<>(Share.class, Share::parse))
                  .addDeserializer(Multiple.class, new Word<>(Multiple.class, Multiple::parse))
                  .addDeserializer(Hosts.class, new HostsReader())
                  .addDeserializer(GossipConfig.class, new GossipReader()))
          .build();

  private ScenarioReader() {}

  /**
   * Reads one.
   *
   * @param file its name, for messages
   * @param yaml what it holds
   */
  public static AnyScenario read(String file, String yaml) throws ScenarioException {
    try {
      JsonNode all = YAML.readTree(yaml);
      if (all.isMissingNode() || all.isNull()) {
        throw new ScenarioException(
            file + ":1: the file is empty; it needs nodes and duration, or kind: routing");
      }
      String kind = all.path("kind").asText("gossip");
      switch (kind) {
        case "gossip" -> {
          Scenario scenario = YAML.readValue(yaml, Scenario.class);
          check(file, yaml, scenario);
          return scenario;
        }
        case "routing" -> {
          return YAML.readValue(yaml, RoutingScenario.class);
        }
        default ->
            throw new ScenarioException(
                "%s:%d: kind: there is none named '%s'; write routing or gossip"
                    .formatted(file, line(yaml, List.of("kind")), kind));
      }
    } catch (JsonProcessingException e) {
      throw new ScenarioException(complaint(file, yaml, e));
    }
  }

  private static void check(String file, String yaml, Scenario scenario) throws ScenarioException {
    int step = 0;
    for (Step each : scenario.timeline()) {
      for (Hosts hosts : each.hosts()) {
        if (hosts.highest() >= scenario.nodes()) {
          throw new ScenarioException(
              "%s:%d: timeline[%d]: there is no host %s; of %d nodes the last is %s"
                  .formatted(
                      file,
                      line(yaml, List.of("timeline", String.valueOf(step))),
                      step,
                      scenario.host(hosts.highest()),
                      scenario.nodes(),
                      scenario.host(scenario.nodes() - 1)));
        }
      }
      step++;
    }
  }

  private static String complaint(String file, String yaml, JsonProcessingException e) {
    StringBuilder text = new StringBuilder(file);
    int line = line(yaml, e);
    if (line > 0) {
      text.append(':').append(line);
    }
    text.append(": ");
    if (e instanceof UnrecognizedPropertyException unknown) {
      return text.append("unknown field '")
          .append(path(unknown))
          .append("'; known here are ")
          .append(unknown.getKnownPropertyIds())
          .toString();
    }
    if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      text.append(path(mapping)).append(": ");
    }
    return text.append(reason(e)).toString();
  }

  /** The line that is wrong, from 1; 0 where that is not known. */
  private static int line(String yaml, JsonProcessingException e) {
    if (e instanceof ValueInstantiationException refused) {
      // It was refused when all of it had been read, so that the reader is past it by now. The
      // complaint begins with the field, as a rule.
      List<String> path = new ArrayList<>();
      refused.getPath().forEach(each -> path.add(step(each)));
      path.add(reason(e).split(" ", 2)[0]);
      return line(yaml, path);
    }
    JsonLocation location = e.getLocation();
    return location == null ? 0 : Math.max(0, location.getLineNr());
  }

  private static int line(String yaml, List<String> path) {
    try (JsonParser in = YAML.createParser(yaml)) {
      return Places.line(in, path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String step(JsonMappingException.Reference each) {
    String field = each.getFieldName();
    return field == null ? String.valueOf(each.getIndex()) : field;
  }

  private static String reason(JsonProcessingException e) {
    Throwable cause = e.getCause();
    return String.valueOf(
        cause instanceof IllegalArgumentException ? cause.getMessage() : e.getOriginalMessage());
  }

  private static String path(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference each : e.getPath()) {
      if (each.getFieldName() == null) {
        path.append('[').append(each.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(each.getFieldName());
      }
    }
    return path.toString();
  }

  private static Duration span(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no duration; write a number and us, ms, s, m or h, as in 30s");
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "us" -> Duration.of(count, ChronoUnit.MICROS);
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      default -> Duration.ofHours(count);
    };
  }

  /** A scalar that is read as one word. */
  private static class Word<T> extends StdDeserializer<T> {
    private static final long serialVersionUID = 1L;

    private final transient Function<String, T> parser;

    Word(Class<T> type, Function<String, T> parser) {
      super(type);
      this.parser = parser;
    }

    @Override
    public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
      String text = in.getValueAsString();
      if (text == null) {
        throw JsonMappingException.from(in, "expected one word");
      }
      try {
        return parser.apply(text);
      } catch (IllegalArgumentException e) {
        throw JsonMappingException.from(in, String.valueOf(e.getMessage()), e);
      }
    }
  }

  /** One word or a list of them. */
  private static final class HostsReader extends StdDeserializer<Hosts> {
    private static final long serialVersionUID = 1L;

    HostsReader() {
      super(Hosts.class);
    }

    @Override
    public Hosts deserialize(JsonParser in, DeserializationContext context) throws IOException {
      List<String> words = new ArrayList<>();
      if (in.currentToken() == JsonToken.START_ARRAY) {
        while (in.nextToken() != JsonToken.END_ARRAY) {
          words.add(String.valueOf(in.getValueAsString()));
        }
      } else {
        words.add(String.valueOf(in.getValueAsString()));
      }
      try {
        return Hosts.parse(words);
      } catch (IllegalArgumentException e) {
        throw JsonMappingException.from(in, String.valueOf(e.getMessage()), e);
      }
    }
  }

  /** The defaults with some settings replaced. */
  private static final class GossipReader extends StdDeserializer<GossipConfig> {
    private static final long serialVersionUID = 1L;

    GossipReader() {
      super(GossipConfig.class);
    }

    @Override
    public GossipConfig deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      JsonLocation start = in.currentTokenLocation();
      if (!(context.readTree(in) instanceof ObjectNode given)) {
        throw new JsonMappingException(in, "expected settings and their values", start);
      }
      ObjectNode settings = PLAIN.valueToTree(GossipConfig.defaults());
      overlay(settings, given);
      try {
        return PLAIN.treeToValue(settings, GossipConfig.class);
      } catch (UnrecognizedPropertyException e) {
        String message =
            "unknown setting '%s'; known are %s"
                .formatted(e.getPropertyName(), e.getKnownPropertyIds());
        throw new JsonMappingException(in, message, start);
      } catch (JsonMappingException e) {
        Throwable cause = e.getCause();
        String message = cause == null ? e.getOriginalMessage() : cause.getMessage();
        throw new JsonMappingException(in, String.valueOf(message), start);
      }
    }

    private static void overlay(ObjectNode settings, ObjectNode given) {
      for (var each : given.properties()) {
        if (settings.get(each.getKey()) instanceof ObjectNode before
            && each.getValue() instanceof ObjectNode after) {
          overlay(before, after);
        } else {
          settings.set(each.getKey(), each.getValue());
        }
      }
    }
  }
}
