/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.output;

import java.io.Closeable;
import java.io.Console;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** The progress of a long work on standard error, if that is a terminal. For one thread. */
public final class ProgressLine implements Closeable {

  private final ProgressBar bar; // null without a terminal

  private ProgressLine(ProgressBar bar) {
    this.bar = bar;
  }

  /**
   * Begins a work.
   *
   * @param what for example {@code exact answers}
   * @param total of steps
   */
  public static ProgressLine begin(String what, long total) {
    if (isTerminal() == false) {
      return new ProgressLine(null);
    }
    return new ProgressLine(
        new ProgressBarBuilder()
            .setTaskName(what)
            .setInitialMax(total)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(500)
            .clearDisplayOnFinish()
            .build());
  }

  private static boolean isTerminal() {
    Console console = System.console();
    try {
      // Since Java 22, a console may not be a terminal, and has this method
      return console != null && (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true; // before Java 22, a console is a terminal
    }
  }

  /** Tells that steps were done. */
  public void advance(long steps) {
    if (bar != null) {
      bar.stepBy(steps);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
