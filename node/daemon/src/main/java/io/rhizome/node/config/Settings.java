// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.config;

import io.rhizome.gossip.Endpoint;
import io.rhizome.node.text.Nearest;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values by dotted key from a file, the environment and flags; the later wins. Every key that is
 * asked for is known; {@link #finish} refuses the others.
 */
final class Settings {
  private static final Pattern QUANTITY = Pattern.compile("(\\d{1,15})\\s*([A-Za-z]*)");

  private final SortedMap<String, Setting> values;
  private final Map<String, String> environment;
  private final SortedMap<String, String> flags;
  private final SortedSet<String> known = new TreeSet<>();

  Settings(
      SortedMap<String, Setting> file,
      Map<String, String> environment,
      SortedMap<String, String> flags) {
    this.values = file;
    this.environment = environment;
    this.flags = flags;
    flags.forEach(
        (key, text) ->
            values.put(key, new Setting(text, "--set " + key + "=" + text + ": ", false)));
  }

  /** {@code RHIZOME_MESH_PORT} for {@code mesh.port}. */
  static String variable(String key) {
    StringBuilder name = new StringBuilder("RHIZOME_");
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
    Setting setting = find(key);
    return setting == null ? absent : single(key, setting, "one value").text();
  }

  Path path(String key, String absent, Path base) {
    return base.resolve(text(key, absent)).normalize();
  }

  int number(String key, int absent, int least, int most, String expected) {
    Setting setting = find(key);
    if (setting == null) {
      return absent;
    }
    try {
      int value = Integer.parseInt(single(key, setting, expected).text());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new ConfigException(wrong(key, setting, expected), e);
    }
    throw new ConfigException(wrong(key, setting, expected));
  }

  int port(String key, int absent) {
    return number(key, absent, 0, 65535, "a port from 0 (any free one) to 65535");
  }

  Duration duration(String key, Duration absent) {
    String expected = "a duration such as 500ms, 30s, 5m or 1h";
    Setting setting = find(key);
    if (setting == null) {
      return absent;
    }
    Matcher quantity = QUANTITY.matcher(single(key, setting, expected).text());
    if (quantity.matches()) {
      long amount = Long.parseLong(quantity.group(1));
      Duration unit =
          switch (quantity.group(2)) {
            case "ms" -> Duration.ofMillis(1);
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            case "h" -> Duration.ofHours(1);
            default -> Duration.ZERO;
          };
      if (amount > 0 && amount <= 1_000_000 && !unit.isZero()) {
        return unit.multipliedBy(amount);
      }
    }
    throw new ConfigException(wrong(key, setting, expected));
  }

  int bytes(String key, int absent) {
    String expected = "a size below 2GiB such as 64MiB, 512KiB or a number of bytes";
    Setting setting = find(key);
    if (setting == null) {
      return absent;
    }
    Matcher quantity = QUANTITY.matcher(single(key, setting, expected).text());
    if (quantity.matches()) {
      int shift =
          switch (quantity.group(2).toLowerCase(Locale.ROOT)) {
            case "", "b" -> 0;
            case "kib" -> 10;
            case "mib" -> 20;
            case "gib" -> 30;
            default -> -1;
          };
      long amount = Long.parseLong(quantity.group(1));
      if (shift >= 0 && amount > 0 && amount <= Integer.MAX_VALUE >> shift) {
        return (int) (amount << shift);
      }
    }
    throw new ConfigException(wrong(key, setting, expected));
  }

  List<Endpoint> endpoints(String key) {
    List<Endpoint> endpoints = new ArrayList<>();
    Setting setting = find(key);
    if (setting == null) {
      return endpoints;
    }
    for (String item : setting.text().split(",", -1)) {
      try {
        endpoints.add(Endpoint.parse(item.trim()));
      } catch (IllegalArgumentException e) {
        throw new ConfigException(
            setting.where() + "'" + key + "' must be a list of host:port: " + e.getMessage(), e);
      }
    }
    return endpoints;
  }

  /** All keys below a prefix that ends with a dot, whatever they are called. */
  SortedMap<String, Setting> below(String prefix) {
    SortedMap<String, Setting> found = new TreeMap<>();
    values.forEach(
        (key, setting) -> {
          if (key.startsWith(prefix)) {
            known.add(key);
            found.put(key.substring(prefix.length()), setting);
          }
        });
    String variables = variable(prefix);
    environment.forEach(
        (name, text) -> {
          String key = name.substring(Math.min(variables.length(), name.length()));
          if (name.startsWith(variables) && !flags.containsKey(prefix + key)) {
            found.put(key.toLowerCase(Locale.ROOT), new Setting(text, name + ": ", false));
          }
        });
    return found;
  }

  /** Refuses keys that nobody asked for. */
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
      throw new ConfigException(
          entry.getValue().where()
              + (section
                  ? "'" + key + "' has keys of its own: " + String.join(", ", nested)
                  : "unknown key '" + key + "'" + Nearest.suggestion("", key, known)));
    }
  }

  private @Nullable Setting find(String key) {
    known.add(key);
    Setting setting = values.get(key);
    String name = variable(key);
    String fromEnvironment = environment.get(name);
    if (fromEnvironment != null && !flags.containsKey(key)) {
      setting = new Setting(fromEnvironment, name + ": ", false);
    }
    return setting == null || setting.text().isEmpty() ? null : setting;
  }

  private static Setting single(String key, Setting setting, String expected) {
    if (setting.list()) {
      throw new ConfigException(
          setting.where() + "'" + key + "' must be " + expected + ", not a list");
    }
    return setting;
  }

  private static String wrong(String key, Setting setting, String expected) {
    return setting.where() + "'" + key + "' must be " + expected + ", not '" + setting.text() + "'";
  }
}
