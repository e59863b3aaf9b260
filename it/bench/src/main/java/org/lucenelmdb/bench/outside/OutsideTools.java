/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.outside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.stream.Stream;
import org.lucenelmdb.bench.result.Sample;

/** The programs outside the JVM, ready to run. */
public final class OutsideTools {

  /** For each contestant the command, without arguments. */
  private final Map<OutsideContestant, List<String>> programs;

  OutsideTools(Map<OutsideContestant, List<String>> programs) {
    this.programs = new EnumMap<>(programs);
  }

  /**
   * Installs and compiles what these contestants need, if that has not been done before.
   *
   * @param sources the directory of {@code knn.py}, {@code requirements.txt} and {@code hannoy}
   * @param toolsDirectory where all of it goes, to be found again the next time
   * @param progress hears of what takes long
   * @throws OutsideException if something must be installed first; the message is one line that
   *     says what
   */
  public static OutsideTools prepare(
      Path sources,
      Path toolsDirectory,
      Collection<OutsideContestant> contestants,
      Consumer<String> progress)
      throws IOException {
    return prepare(sources, toolsDirectory, contestants, progress, System.getenv("PATH"));
  }

  /**
   * @param path the directories of programs, as in the environment's {@code PATH}
   */
  static OutsideTools prepare(
      Path sources,
      Path toolsDirectory,
      Collection<OutsideContestant> contestants,
      Consumer<String> progress,
      String path)
      throws IOException {
    Path tools = Files.createDirectories(toolsDirectory.toAbsolutePath());
    Installer installer = new Installer(tools, new Executables(path), progress);
    Map<OutsideContestant, List<String>> programs = new EnumMap<>(OutsideContestant.class);
    Set<String> packages = new TreeSet<>();
    for (OutsideContestant contestant : contestants) {
      if (contestant.pythonPackage() != null) {
        packages.add(contestant.pythonPackage());
      }
    }
    if (packages.isEmpty() == false) {
      Path python =
          new PythonEnvironment(tools.resolve("python"), installer)
              .install(sources.resolve("requirements.txt"), packages);
      List<String> script = List.of(python.toString(), sources.resolve("knn.py").toString());
      for (OutsideContestant contestant : contestants) {
        if (contestant.pythonPackage() != null) {
          programs.put(contestant, script);
        }
      }
    }
    if (contestants.contains(OutsideContestant.HANNOY)) {
      Path program =
          new CargoProgram(tools.resolve("hannoy"), installer)
              .compile(sources.resolve("hannoy"), "hannoy-bench");
      programs.put(OutsideContestant.HANNOY, List.of(program.toString()));
    }
    return new OutsideTools(programs);
  }

  /**
   * Builds an index.
   *
   * @param progress hears of the part that is done, from 0 to 1
   */
  public List<Sample> build(
      OutsideContestant contestant, OutsideBuild build, DoubleConsumer progress)
      throws IOException {
    return run(contestant, build.arguments(contestant), progress);
  }

  /**
   * Searches an index.
   *
   * @param progress hears of the part that is done, from 0 to 1
   */
  public List<Sample> search(
      OutsideContestant contestant, OutsideSearch search, DoubleConsumer progress)
      throws IOException {
    return run(contestant, search.arguments(contestant), progress);
  }

  private List<Sample> run(
      OutsideContestant contestant, List<String> arguments, DoubleConsumer progress)
      throws IOException {
    List<String> program = programs.get(contestant);
    if (program == null) {
      throw new IllegalArgumentException(contestant + " was not prepared");
    }
    Conversation conversation = new Conversation(contestant, progress);
    int exitCode =
        ChildProgram.run(
            Stream.concat(program.stream(), arguments.stream()).toList(), conversation::take);
    return conversation.end(exitCode);
  }
}
