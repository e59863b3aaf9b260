/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.Locale;
import org.lucenelmdb.bench.result.ByRound;
import org.lucenelmdb.bench.result.Spread;

/** Formats numbers independently of the locale. */
final class Format {

  /** Shown if a figure was not measured, or not reached. */
  static final String NONE = "-";

  private Format() {}

  static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }

  /** At least three significant digits. */
  static String number(double value) {
    double size = Math.abs(value);
    if (Double.isNaN(value)) {
      return NONE;
    }
    if (size >= 100 || value == 0) {
      return text("%,.0f", value);
    }
    return text(size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
  }

  static String number(ByRound values) {
    return number(values.median());
  }

  static String count(long value) {
    return text("%,d", value);
  }

  static String recall(double value) {
    return Double.isNaN(value) ? NONE : text("%.4f", value);
  }

  static String recall(ByRound values) {
    return recall(values.median());
  }

  /** A target recall, with two digits. */
  static String target(double recall) {
    return text("%.2f", recall);
  }

  /** The median, and the lowest and highest round if there are several. */
  static String ratio(Spread ratio) {
    if (!ratio.isPresent()) {
      return NONE;
    }
    return ratio.count() == 1
        ? text("%.2f", ratio.median())
        : text("%.2f (%.2f..%.2f)", ratio.median(), ratio.min(), ratio.max());
  }

  static String ratio(ByRound ratios) {
    return ratio(ratios.spread());
  }

  /** The median, and the lowest and highest round if there are several. */
  static String spread(Spread values) {
    return values.count() <= 1
        ? number(values.median())
        : number(values.median()) + " (" + number(values.min()) + ".." + number(values.max()) + ")";
  }

  static String spread(ByRound values) {
    return spread(values.spread());
  }

  /** The median of shares, as a percentage. */
  static String percent(ByRound parts) {
    return parts.isEmpty() ? NONE : percent(parts.median());
  }

  /** A share, as a percentage. */
  static String percent(double part) {
    double percent = 100 * part;
    return text(percent >= 10 ? "%.0f%%" : percent >= 1 ? "%.1f%%" : "%.2g%%", percent);
  }
}
