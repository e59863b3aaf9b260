/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.lucenelmdb.bench.run.Progress;

/**
 * A progress bar over all steps of a run, with the title of the current step. A log cannot be
 * overwritten and gets one line per step.
 */
final class TerminalProgress implements Progress {

  private static final int WIDTH = 100;
  private static final int INTERVAL_MILLIS = 250;
  private static final int PARTS = 1000;

  private final PrintWriter out;
  private final boolean terminal;
  private ProgressBar bar;
  private int step;

  TerminalProgress(PrintWriter out) {
    this(out, isTerminal());
  }

  TerminalProgress(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
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

  @Override
  public void begin(int number, int steps, String title) {
    step = number;
    if (terminal == false) {
      out.println(String.format(Locale.ROOT, "[%d/%d] %s", number, steps, title));
      out.flush();
      return;
    }
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("bench")
              .setInitialMax((long) steps * PARTS)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(INTERVAL_MILLIS)
              .setConsumer(new DelegatingProgressBarConsumer(this::overwrite, WIDTH))
              .hideEta() // the duration of steps varies from a second to many minutes
              .build();
    }
    bar.setExtraMessage(" " + title);
    update(0);
  }

  private void overwrite(String line) {
    out.print("\r" + line);
    out.flush();
  }

  @Override
  public void update(double done) {
    if (bar != null) {
      bar.stepTo((long) ((step - 1 + done) * PARTS));
    }
  }

  @Override
  public void say(String text) {
    if (bar == null) {
      out.println(text);
      out.flush();
    } else {
      bar.setExtraMessage(" " + text);
    }
  }

  @Override
  public void end() {
    if (bar != null) {
      bar.close();
      out.println();
      out.flush();
    }
  }
}
