// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Seeds, written {@code 7} or {@code 1..30}.
 *
 * @param first the first
 * @param last the last, included
 */
record Seeds(long first, long last) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,18})(?:\\.\\.(\\d{1,18}))?");

  LongStream all() {
    return LongStream.rangeClosed(first, last);
  }

  /** Reads what a user wrote. */
  static final class Converter implements ITypeConverter<Seeds> {
    @Override
    public Seeds convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException("expected seeds such as 7 or 1..30, not '" + text + "'");
      }
      long first = Long.parseLong(matcher.group(1));
      long last = matcher.group(2) == null ? first : Long.parseLong(matcher.group(2));
      if (last < first) {
        throw new TypeConversionException("the lower seed comes first: " + last + ".." + first);
      }
      return new Seeds(first, last);
    }
  }
}
