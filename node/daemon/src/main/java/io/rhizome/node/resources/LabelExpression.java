// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.resources;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which nodes are meant, by their labels: {@code tier in (edge, hub) && region = "eu"}. Terms are
 * {@code =}, {@code !=}, {@code in (..)} and {@code not in (..)}, all of which must hold; a label
 * that a node lacks equals nothing. Immutable.
 */
public final class LabelExpression {
  private static final Pattern TOKEN =
      Pattern.compile("\\s*(?:(\"[^\"]*\")|([A-Za-z0-9_./-]+)|(&&|!=|[=(),]))");

  private final List<Term> terms;

  private record Term(String label, boolean wanted, List<String> values) {
    boolean holds(Map<String, String> labels) {
      String value = labels.get(label);
      return (value != null && values.contains(value)) == wanted;
    }
  }

  private LabelExpression(List<Term> terms) {
    this.terms = List.copyOf(terms);
  }

  /** Whether a node with these labels is meant. */
  public boolean matches(Map<String, String> labels) {
    return terms.stream().allMatch(term -> term.holds(labels));
  }

  /** Reads one; {@link IllegalArgumentException} says at which character it is wrong. */
  public static LabelExpression parse(String text) {
    Reader reader = new Reader(text);
    List<Term> terms = new ArrayList<>();
    do {
      terms.add(reader.term());
    } while (reader.take("&&"));
    reader.end();
    return new LabelExpression(terms);
  }

  private static final class Reader {
    private final String text;
    private final Matcher matcher;
    private String token = "";

    Reader(String text) {
      this.text = text.strip();
      this.matcher = TOKEN.matcher(this.text);
      advance();
    }

    private void advance() {
      int at = token.isEmpty() ? 0 : matcher.end();
      if (at == text.length()) {
        token = "";
        return;
      }
      if (!matcher.region(at, text.length()).lookingAt()) {
        throw wrong(at, "cannot be read here");
      }
      token = matcher.group().strip();
    }

    Term term() {
      String label = word("a label");
      if (take("=")) {
        return new Term(label, true, List.of(word("a value")));
      }
      if (take("!=")) {
        return new Term(label, false, List.of(word("a value")));
      }
      boolean wanted = !take("not");
      expect("in", "=, !=, in (..) or not in (..)");
      expect("(", "'('");
      List<String> values = new ArrayList<>();
      do {
        values.add(word("a value"));
      } while (take(","));
      expect(")", "',' or ')'");
      return new Term(label, wanted, List.copyOf(values));
    }

    boolean take(String wanted) {
      if (!token.equals(wanted)) {
        return false;
      }
      advance();
      return true;
    }

    void end() {
      if (!token.isEmpty()) {
        throw wrong(position(), "'&&' or the end is due here");
      }
    }

    private void expect(String wanted, String what) {
      if (!take(wanted)) {
        throw wrong(position(), what + " is due here");
      }
    }

    private String word(String what) {
      String found = token;
      boolean quoted = found.startsWith("\"");
      if (found.isEmpty() || (!quoted && !Character.isLetterOrDigit(found.charAt(0)))) {
        throw wrong(position(), what + " is due here");
      }
      advance();
      return quoted ? found.substring(1, found.length() - 1) : found;
    }

    private int position() {
      return token.isEmpty() ? text.length() : matcher.end() - token.length();
    }

    private IllegalArgumentException wrong(int at, String what) {
      return new IllegalArgumentException(
          "at character %d of '%s': %s; write such as: tier in (edge, hub) && region = \"eu\""
              .formatted(at + 1, text, what));
    }
  }
}
