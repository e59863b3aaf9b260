/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs JMH, with a directory that its forked JVMs share. */
public final class Jmh {

  private Jmh() {}

  /**
   * Runs benchmarks.
   *
   * @param args arguments of JMH; {@code -h} lists them
   */
  public static void main(String[] args) throws IOException {
    try {
      CommandLineOptions options = new CommandLineOptions(args);
      if (options.shouldHelp()
          || options.shouldList()
          || options.shouldListWithParams()
          || options.shouldListProfilers()
          || options.shouldListResultFormats()) {
        org.openjdk.jmh.Main.main(args);
      } else {
        run(options);
      }
    } catch (CommandLineOptionException | RunnerException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  private static void run(Options options) throws IOException, RunnerException {
    Path directory = Indexes.createTemporaryDirectory();
    System.setProperty(Indexes.DIRECTORY, directory.toString()); // for -f 0
    // prepended, because appended arguments replace those of the benchmarks
    List<String> forks = new ArrayList<>(options.getJvmArgsPrepend().orElse(List.of()));
    forks.add("-D" + Indexes.DIRECTORY + "=" + directory);
    new Runner(
            new OptionsBuilder()
                .parent(options)
                .jvmArgsPrepend(forks.toArray(new String[0]))
                .build())
        .run();
  }
}
