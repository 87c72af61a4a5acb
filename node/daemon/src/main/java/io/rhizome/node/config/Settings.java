// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.config;

import io.rhizome.gossip.Endpoint;
import io.rhizome.node.text.Durations;
import io.rhizome.node.text.Nearest;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values by dotted key from a file, the environment and flags; the later wins. Every key that is
 * asked for is known; {@link #finish} complains of the others. A value that cannot be used is a
 * problem, and its default takes its place, so that one reading finds every problem.
 */
final class Settings {
  private static final String PREFIX = "RHIZOME_";

  /** What the launcher, the log and other commands read: no keys, though they look like some. */
  private static final List<String> OTHERS =
      List.of(
          "RHIZOME_API_KEY",
          "RHIZOME_HEAP",
          "RHIZOME_JAVA_OPTS",
          "RHIZOME_LOG",
          "RHIZOME_NODE",
          "RHIZOME_OPERATOR_KEY");

  private static final Duration LONGEST = Duration.ofHours(1_000_000);
  private static final Pattern QUANTITY = Pattern.compile("(\\d{1,15})\\s*([A-Za-z]*)");

  private final SortedMap<String, Setting> values;
  private final Map<String, String> environment;
  private final SortedMap<String, String> flags;
  private final SortedSet<String> known = new TreeSet<>();
  private final SortedMap<String, Setting> effective = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  Settings(
      SortedMap<String, Setting> file,
      Map<String, String> environment,
      SortedMap<String, String> flags) {
    this.values = file;
    this.environment = environment;
    this.flags = flags;
    flags.forEach((key, text) -> values.put(key, Setting.fromFlag(key, text)));
  }

  /** {@code RHIZOME_MESH_PORT} for {@code mesh.port}. */
  static String variable(String key) {
    StringBuilder name = new StringBuilder(PREFIX);
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (Character.isUpperCase(c)) {
        name.append('_');
      }
      name.append(c == '.' ? '_' : Character.toUpperCase(c));
    }
    return name.toString();
  }

  String text(String key, String absent) {
    return value(key, absent, absent, "one value", text -> text);
  }

  Path path(String key, String absent, Path base) {
    Path path = base.resolve(text(key, absent)).normalize();
    effective.computeIfPresent(
        key, (k, found) -> new Setting(path.toString(), found.where(), false, found.origin()));
    return path;
  }

  int number(String key, int absent, int least, int most, String expected) {
    return value(
        key,
        absent,
        Integer.toString(absent),
        expected,
        text -> {
          try {
            int number = Integer.parseInt(text);
            return number >= least && number <= most ? number : null;
          } catch (NumberFormatException e) {
            return null;
          }
        });
  }

  boolean flag(String key, boolean absent) {
    return value(
        key,
        absent,
        Boolean.toString(absent),
        "true or false",
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default -> null;
            });
  }

  int port(String key, int absent) {
    return number(key, absent, 0, 65535, "a port from 0 (any free one) to 65535");
  }

  Duration duration(String key, Duration absent) {
    return value(
        key,
        absent,
        absent.toMillis() % 1000 == 0 ? absent.toSeconds() + "s" : absent.toMillis() + "ms",
        "a duration such as 500ms, 30s, 5m or 1h",
        Settings::parseDuration);
  }

  private static @Nullable Duration parseDuration(String text) {
    return Durations.parse(text).filter(any -> any.compareTo(LONGEST) <= 0).orElse(null);
  }

  int bytes(String key, int absent) {
    return value(
        key,
        absent,
        absent % (1 << 20) == 0 ? (absent >> 20) + "MiB" : Integer.toString(absent),
        "a size below 2GiB such as 64MiB, 512KiB or a number of bytes",
        text -> {
          Long bytes = parseBytes(text);
          return bytes == null || bytes == 0 || bytes > Integer.MAX_VALUE
              ? null
              : Integer.valueOf(bytes.intValue());
        });
  }

  long size(String key, long absent) {
    return value(
        key,
        absent,
        (absent >> 20) + "MiB",
        "a size such as 4GiB, 512MiB or a number of bytes",
        text -> {
          Long bytes = parseBytes(text);
          return bytes == null || bytes == 0 ? null : bytes;
        });
  }

  /** Bytes a second; 0 for no cap, which is what an absent key stands for. */
  long rate(String key) {
    return value(
        key,
        0L,
        "0",
        "bytes a second such as 20MiB or 512KiB, or 0 for no cap",
        Settings::parseBytes);
  }

  private static @Nullable Long parseBytes(String text) {
    Matcher quantity = QUANTITY.matcher(text);
    if (!quantity.matches()) {
      return null;
    }
    int shift =
        switch (quantity.group(2).toLowerCase(Locale.ROOT)) {
          case "", "b" -> 0;
          case "kib" -> 10;
          case "mib" -> 20;
          case "gib" -> 30;
          default -> -1;
        };
    long amount = Long.parseLong(quantity.group(1));
    return shift >= 0 && amount <= Long.MAX_VALUE >> shift ? amount << shift : null;
  }

  /** One of these; the first where the key is absent. */
  String choice(String key, List<String> choices) {
    return value(
        key,
        choices.get(0),
        choices.get(0),
        "one of " + String.join(", ", choices),
        text -> choices.contains(text) ? text : null);
  }

  /** An http or https URL; empty where the key is absent. */
  String url(String key) {
    return value(key, "", "", "a URL such as http://collector:4318", Settings::parseUrl);
  }

  private static @Nullable String parseUrl(String text) {
    try {
      URI url = new URI(text);
      boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      return http && url.getHost() != null ? text : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  List<Endpoint> endpoints(String key) {
    List<Endpoint> endpoints = new ArrayList<>();
    Setting setting = find(key);
    effective.put(key, setting == null ? Setting.absent("") : setting);
    if (setting == null) {
      return endpoints;
    }
    for (String item : setting.text().split(",", -1)) {
      try {
        endpoints.add(Endpoint.parse(item.trim()));
      } catch (IllegalArgumentException e) {
        problem(setting, "'" + key + "' must be a list of host:port: " + e.getMessage());
      }
    }
    return endpoints;
  }

  /** A list of texts, each of which must match. */
  List<String> texts(String key, Pattern each, String expected) {
    Setting setting = find(key);
    effective.put(key, setting == null ? Setting.absent("") : setting);
    if (setting == null) {
      return List.of();
    }
    List<String> texts = List.of(setting.text().split(",", -1)).stream().map(String::trim).toList();
    for (String text : texts) {
      if (!each.matcher(text).matches()) {
        problem(setting, "'" + key + "' must be " + expected + ", not '" + text + "'");
      }
    }
    return texts;
  }

  /** The usable value of a key, else what stands for an absent one. */
  private <T> T value(
      String key,
      T absent,
      String absentText,
      String expected,
      Function<String, @Nullable T> parse) {
    Setting setting = find(key);
    effective.put(key, setting == null ? Setting.absent(absentText) : setting);
    if (setting == null) {
      return absent;
    }
    T parsed = setting.list() ? null : parse.apply(setting.text());
    if (parsed == null) {
      String found = setting.list() ? "a list" : "'" + setting.text() + "'";
      problem(setting, "'" + key + "' must be " + expected + ", not " + found);
      return absent;
    }
    return parsed;
  }

  /** All keys below a prefix that ends with a dot, whatever they are called. */
  SortedMap<String, Setting> below(String prefix) {
    SortedMap<String, Setting> found = new TreeMap<>();
    values.forEach(
        (key, setting) -> {
          if (key.startsWith(prefix)) {
            known.add(key);
            effective.put(key, setting);
            found.put(key.substring(prefix.length()), setting);
          }
        });
    String variables = variable(prefix);
    environment.forEach(
        (name, text) -> {
          String key = name.substring(Math.min(variables.length(), name.length()));
          if (name.startsWith(variables) && !flags.containsKey(prefix + key)) {
            Setting setting = Setting.fromEnvironment(name, text);
            effective.put(prefix + key.toLowerCase(Locale.ROOT), setting);
            found.put(key.toLowerCase(Locale.ROOT), setting);
          }
        });
    return found;
  }

  /** Adds a problem with one value, whose place stands before the complaint. */
  void problem(Setting setting, String complaint) {
    problems.add(setting.where() + complaint);
  }

  /** Adds a problem with the value of a key, as it was found or left out. */
  void problem(String key, String complaint) {
    problem(effective.getOrDefault(key, Setting.absent("")), complaint);
  }

  /** Adds a warning about the value of a key, once. */
  void warning(String key, String text) {
    String warning = effective.getOrDefault(key, Setting.absent("")).where() + text;
    if (!warnings.contains(warning)) {
      warnings.add(warning);
    }
  }

  /** What is allowed, but hardly meant; and variables that look as if they were meant for a key. */
  List<String> warnings() {
    List<String> all = new ArrayList<>(warnings);
    all.addAll(strayVariables());
    return all;
  }

  /** Complains of keys that nobody asked for. */
  void finish() {
    for (Map.Entry<String, Setting> entry : values.entrySet()) {
      String key = entry.getKey();
      if (known.contains(key)) {
        continue;
      }
      List<String> nested = known.stream().filter(k -> k.startsWith(key + ".")).toList();
      boolean section = !nested.isEmpty() || key.equals("labels");
      if (section && entry.getValue().text().isEmpty()) {
        continue;
      }
      problem(
          entry.getValue(),
          section
              ? "'" + key + "' has keys of its own: " + String.join(", ", nested)
              : "unknown key '" + key + "'" + Nearest.suggestion("", key, known));
    }
  }

  /** Every problem so far, each with its place. */
  List<String> problems() {
    return problems;
  }

  /** The value of every key that was asked for. */
  SortedMap<String, Setting> effective() {
    return effective;
  }

  /** Variables that no key has, but that look as if they were meant for one. */
  private List<String> strayVariables() {
    SortedSet<String> names = new TreeSet<>();
    known.forEach(key -> names.add(variable(key)));
    List<String> stray = new ArrayList<>();
    for (String name : new TreeSet<>(environment.keySet())) {
      boolean ours = name.startsWith(PREFIX) && !names.contains(name) && !OTHERS.contains(name);
      if (ours && !name.startsWith(variable("labels."))) {
        Nearest.of(name.substring(PREFIX.length()), suffixes(names))
            .ifPresent(
                near -> stray.add(name + ": no key has it; did you mean '" + PREFIX + near + "'?"));
      }
    }
    return stray;
  }

  private static List<String> suffixes(SortedSet<String> names) {
    return names.stream().map(name -> name.substring(PREFIX.length())).toList();
  }

  private @Nullable Setting find(String key) {
    known.add(key);
    Setting setting = values.get(key);
    String name = variable(key);
    String fromEnvironment = environment.get(name);
    if (fromEnvironment != null && !flags.containsKey(key)) {
      setting = Setting.fromEnvironment(name, fromEnvironment);
    }
    return setting == null || setting.text().isEmpty() ? null : setting;
  }
}
