/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import java.io.Console;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/** Prints text in lines of at most {@link #WIDTH} characters. */
final class Printer {

  static final int WIDTH = 100;

  /** Progress bars must fit a narrow terminal, or each update would start a new line. */
  private static final int PROGRESS_WIDTH = 79;

  private static final int TERMINAL_INTERVAL_MILLIS = 200;
  private static final int LOG_INTERVAL_MILLIS = 5_000;

  private final PrintStream out;
  private String lastProgress;

  Printer(PrintStream out) {
    this.out = out;
  }

  void line(String text) {
    out.println(text);
  }

  /** Starts a progress bar; in a log, which cannot be overwritten, a line every few seconds. */
  ProgressBar progress(String task, long total) {
    boolean terminal = isTerminal();
    ProgressBarConsumer consumer =
        terminal
            ? new ConsoleProgressBarConsumer(out, PROGRESS_WIDTH)
            : new DelegatingProgressBarConsumer(this::lineOnce, PROGRESS_WIDTH);
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setInitialMax(total)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(terminal ? TERMINAL_INTERVAL_MILLIS : LOG_INTERVAL_MILLIS)
        .setConsumer(consumer)
        .showSpeed()
        .build();
  }

  /** A bar renders its end twice. */
  private void lineOnce(String text) {
    if (!text.equals(lastProgress)) {
      line(text);
    }
    lastProgress = text;
  }

  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // Since Java 22, a console may not be a terminal, and has this method
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(e);
    }
  }

  void question(Question question) {
    String restriction = question.filter().toString();
    line("");
    line("\"" + question.text() + "\"" + (restriction.isEmpty() ? "" : ", " + restriction));
  }

  /** Prints each hit on two lines: its name and kind, then its text. */
  void hits(List<Hit> hits) {
    if (hits.isEmpty()) {
      line("     no answers");
    }
    for (Hit hit : hits) {
      ApiDoc doc = hit.doc();
      String start = String.format(Locale.ROOT, "%3d  %.3f  ", hit.rank(), hit.score());
      String kind = String.format(Locale.ROOT, "%-11s  ", doc.kind());
      int nameWidth = WIDTH - start.length() - kind.length();
      String name = doc.name().length() <= nameWidth ? doc.name() : withoutParameters(doc.name());
      line(start + kind + cut(name, nameWidth));
      line(" ".repeat(start.length()) + cut(doc.text(), WIDTH - start.length()));
    }
  }

  /** Prints a row of a table. */
  void row(String label, String value) {
    line(String.format(Locale.ROOT, "  %-22s %s", label, value));
  }

  private static String withoutParameters(String name) {
    return name.replaceFirst("\\(.+\\)", "(...)");
  }

  /** Returns as many words of the text as fit. */
  static String cut(String text, int space) {
    if (text.length() <= space) {
      return text;
    }
    String dots = "...";
    int end = text.lastIndexOf(' ', space - dots.length());
    return text.substring(0, end > 0 ? end : space - dots.length()) + dots;
  }
}
