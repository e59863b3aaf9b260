/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;
import org.lucenelmdb.bench.data.BadDataException;
import org.lucenelmdb.bench.measure.Job;
import org.lucenelmdb.bench.measure.Worker;
import org.lucenelmdb.bench.result.ResultFile;
import org.lucenelmdb.bench.result.Sample;
import org.lucenelmdb.bench.result.Smell;

/** Carries out a {@link Job} in a JVM like this one. */
final class ChildJvm {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int MAX_OUTPUT = 4000;

  private final List<String> command = new ArrayList<>();
  private final List<Smell> smells;

  /**
   * Prepares.
   *
   * @param arguments for the JVM, on top of this JVM's
   * @param smells to which the children's remarks are added
   */
  ChildJvm(List<String> arguments, List<Smell> smells) {
    this.smells = smells;
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.removeIf(argument -> argument.startsWith("-agentlib:")); // a debugger's port
    command.add("--enable-native-access=ALL-UNNAMED"); // Lucene uses it to advise the system
    command.addAll(arguments);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Worker.class.getName()));
  }

  /**
   * Runs a job.
   *
   * @throws FailedException if the child failed, with what it printed
   */
  List<Sample> run(Job job, DoubleConsumer progress) throws IOException {
    return run(job, Duration.ofDays(1), progress);
  }

  /** Runs a job, which fails if it takes longer than that. */
  List<Sample> run(Job job, Duration limit, DoubleConsumer progress) throws IOException {
    List<String> line = new ArrayList<>(command);
    line.add(MAPPER.writeValueAsString(job));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    process
        .onExit()
        .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(timeout -> process.destroyForcibly());
    List<Sample> samples = new ArrayList<>();
    StringBuilder output = new StringBuilder();
    try (BufferedReader in = process.inputReader()) {
      for (String text = in.readLine(); text != null; text = in.readLine()) {
        read(job, text, samples, output, progress);
      }
      int exitCode = process.onExit().join().exitValue();
      if (exitCode == Worker.BAD_DATA) {
        throw new BadDataException(output.toString().strip());
      }
      if (exitCode != 0) {
        String who = job.contestant() == null ? "" : " of " + job.contestant();
        throw new FailedException(job.task() + who + ": exit code " + exitCode + "\n" + output);
      }
      return samples;
    } finally {
      process.destroyForcibly();
    }
  }

  private void read(
      Job job, String text, List<Sample> samples, StringBuilder output, DoubleConsumer progress)
      throws IOException {
    if (text.startsWith("{") == false) {
      if (output.length() < MAX_OUTPUT) {
        output.append(text).append('\n');
      }
      return;
    }
    JsonNode node = MAPPER.readTree(text);
    if (node.has("progress")) {
      progress.accept(node.get("progress").asDouble());
    } else if (node.has("badData")) {
      output.setLength(0);
      output.append(node.get("badData").asText());
    } else if (node.has("smell")) {
      smells.add(
          new Smell(node.get("smell").asText(), job.contestant(), node.get("text").asText()));
    } else {
      samples.add(ResultFile.readSample(text));
    }
  }

  /** The child failed; the message says what it printed. */
  static final class FailedException extends IOException {
    private static final long serialVersionUID = 1;

    FailedException(String message) {
      super(message);
    }
  }
}
