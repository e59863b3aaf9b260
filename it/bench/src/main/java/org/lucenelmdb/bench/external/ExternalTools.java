/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

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
import org.lucenelmdb.bench.memory.MemoryLimit;
import org.lucenelmdb.bench.memory.OutOfMemoryException;
import org.lucenelmdb.bench.result.Sample;

/** The programs of external engines, ready to run. */
public final class ExternalTools {

  /** The command of each engine, without arguments. */
  private final Map<ExternalEngine, List<String>> programs;

  private final MemoryLimit limit;

  ExternalTools(Map<ExternalEngine, List<String>> programs, MemoryLimit limit) {
    this.programs = new EnumMap<>(programs);
    this.limit = limit;
  }

  /**
   * Installs and compiles what these engines need, unless that was done before.
   *
   * @param sources the directory of {@code knn.py}, {@code requirements.txt} and {@code hannoy}
   * @param toolsDirectory the directory of the installation, which is reused
   * @param limit of the memory of builds and searches
   * @param progress receives the names of steps that take long
   * @throws ExternalException if something must be installed first; the message is one line that
   *     names it
   */
  public static ExternalTools prepare(
      Path sources,
      Path toolsDirectory,
      Collection<ExternalEngine> engines,
      MemoryLimit limit,
      Consumer<String> progress)
      throws IOException {
    return prepare(sources, toolsDirectory, engines, limit, progress, System.getenv("PATH"));
  }

  /**
   * @param path the directories of programs, as in the environment variable {@code PATH}
   */
  static ExternalTools prepare(
      Path sources,
      Path toolsDirectory,
      Collection<ExternalEngine> engines,
      MemoryLimit limit,
      Consumer<String> progress,
      String path)
      throws IOException {
    Path tools = Files.createDirectories(toolsDirectory.toAbsolutePath());
    Installer installer = new Installer(tools, new Executables(path), progress);
    Map<ExternalEngine, List<String>> programs = new EnumMap<>(ExternalEngine.class);
    Set<String> packages = new TreeSet<>();
    for (ExternalEngine engine : engines) {
      if (engine.pythonPackage() != null) {
        packages.add(engine.pythonPackage());
      }
    }
    if (packages.isEmpty() == false) {
      Path python =
          new PythonEnvironment(tools.resolve("python"), installer)
              .install(sources.resolve("requirements.txt"), packages);
      List<String> script = List.of(python.toString(), sources.resolve("knn.py").toString());
      for (ExternalEngine engine : engines) {
        if (engine.pythonPackage() != null) {
          programs.put(engine, script);
        }
      }
    }
    if (engines.contains(ExternalEngine.HANNOY)) {
      Path program =
          new CargoProgram(tools.resolve("hannoy"), installer)
              .compile(sources.resolve("hannoy"), "hannoy-bench");
      programs.put(ExternalEngine.HANNOY, List.of(program.toString()));
    }
    return new ExternalTools(programs, limit);
  }

  /** The same programs without a memory limit. */
  public ExternalTools unlimited() {
    return new ExternalTools(programs, MemoryLimit.NONE);
  }

  /**
   * Builds an index.
   *
   * @param progress receives the share of the work that is done, from 0 to 1
   * @throws OutOfMemoryException if the memory limit does not suffice
   */
  public List<Sample> build(ExternalEngine engine, ExternalBuild build, DoubleConsumer progress)
      throws IOException {
    limit.begin(build.data(), build.index());
    return run(engine, build.arguments(engine), progress);
  }

  /**
   * Searches an index.
   *
   * @param progress receives the share of the work that is done, from 0 to 1
   * @throws OutOfMemoryException if the memory limit does not suffice
   */
  public List<Sample> search(ExternalEngine engine, ExternalSearch search, DoubleConsumer progress)
      throws IOException {
    limit.begin(search.data(), search.index());
    return run(engine, search.arguments(engine), progress);
  }

  private List<Sample> run(ExternalEngine engine, List<String> arguments, DoubleConsumer progress)
      throws IOException {
    List<String> program = programs.get(engine);
    if (program == null) {
      throw new IllegalArgumentException(engine + " was not prepared");
    }
    Conversation conversation = new Conversation(engine, progress);
    int exitCode =
        ChildProgram.run(
            limit.command(Stream.concat(program.stream(), arguments.stream()).toList()),
            conversation::take);
    if (limit.isExceeded(exitCode)) {
      throw new OutOfMemoryException(limit.exceeded());
    }
    return conversation.end(exitCode);
  }
}
