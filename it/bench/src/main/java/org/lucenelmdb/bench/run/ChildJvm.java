/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleConsumer;
import java.util.stream.Stream;
import org.lucenelmdb.bench.data.BadDataException;
import org.lucenelmdb.bench.measure.Job;
import org.lucenelmdb.bench.measure.Worker;
import org.lucenelmdb.bench.memory.MemoryLimit;
import org.lucenelmdb.bench.memory.OutOfMemoryException;
import org.lucenelmdb.bench.result.DataWarning;
import org.lucenelmdb.bench.result.Sample;

/** Runs a {@link Job} in a JVM like this one. */
final class ChildJvm {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int MAX_OUTPUT = 4000;

  private final List<String> arguments;
  private final MemoryLimit memory;
  private final Path log;
  private final List<DataWarning> warnings;

  /**
   * Creates a runner.
   *
   * @param arguments for the JVM, in addition to those of this JVM
   * @param memory the limit of each child's memory
   * @param log receives all output of a child except its reports
   * @param warnings receives the children's warnings
   */
  ChildJvm(List<String> arguments, MemoryLimit memory, Path log, List<DataWarning> warnings) {
    this.arguments = List.copyOf(arguments);
    this.memory = memory;
    this.log = log;
    this.warnings = warnings;
  }

  /** Returns a runner of JVMs with more arguments, which override the others. */
  ChildJvm with(List<String> more) {
    return new ChildJvm(
        Stream.concat(arguments.stream(), more.stream()).toList(), memory, log, warnings);
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.removeIf(argument -> argument.startsWith("-agentlib:")); // the port of a debugger
    command.add("--enable-native-access=ALL-UNNAMED"); // Lucene uses it to advise the system
    command.addAll(arguments);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Worker.class.getName()));
    return memory.command(command);
  }

  /**
   * Runs a job.
   *
   * @throws OutOfMemoryException if the child ran out of memory
   * @throws FailedException if the child failed otherwise, with its output
   * @throws BadDataException if the child reports that the user's data cannot be used
   */
  List<Sample> run(Job job, DoubleConsumer progress) throws IOException {
    return run(job, Duration.ofDays(1), progress);
  }

  /** Runs a job, which fails if it takes longer than the limit. */
  List<Sample> run(Job job, Duration limit, DoubleConsumer progress) throws IOException {
    if (ChildProcesses.stopping()) {
      throw new InterruptedIOException("stopped");
    }
    if (job.index() == null) {
      memory.begin(job.data());
    } else {
      memory.begin(job.data(), job.index());
    }
    Process process = new ProcessBuilder(command()).redirectError(log.toFile()).start();
    AtomicBoolean timedOut = new AtomicBoolean();
    process
        .onExit()
        .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            timeout -> {
              timedOut.set(true);
              return process.destroyForcibly();
            });
    Conversation conversation = new Conversation(job, progress);
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      try (OutputStream out = process.getOutputStream()) {
        MAPPER.writeValue(out, job); // not as an argument, which some systems alter
      }
      for (String text = in.readLine(); text != null; text = in.readLine()) {
        conversation.read(text);
      }
      int exitCode = process.onExit().join().exitValue();
      if (exitCode == Worker.BAD_DATA && conversation.badData != null) {
        throw new BadDataException(conversation.badData);
      }
      if (memory.isExceeded(exitCode)) {
        throw new OutOfMemoryException(memory.exceeded());
      }
      if (exitCode == Worker.OUT_OF_MEMORY) {
        throw new OutOfMemoryException(failure(job, "out of memory"));
      }
      if (exitCode != 0) {
        throw new FailedException(failure(job, "exit code " + exitCode), timedOut.get());
      }
      return conversation.samples;
    } catch (JsonProcessingException e) {
      throw new FailedException(failure(job, e.getOriginalMessage()), false);
    } finally {
      process.destroyForcibly();
    }
  }

  private String failure(Job job, String reason) throws IOException {
    String suffix = job.engine() == null ? "" : " of " + job.engine();
    String printed = Files.readString(log, StandardCharsets.UTF_8).strip();
    String end = printed.substring(Math.max(0, printed.length() - MAX_OUTPUT));
    return job.task() + suffix + ": " + reason + "\n" + end;
  }

  /** The output of one child, line by line. */
  private final class Conversation {
    private final Job job;
    private final DoubleConsumer progress;
    final List<Sample> samples = new ArrayList<>();
    String badData;

    Conversation(Job job, DoubleConsumer progress) {
      this.job = job;
      this.progress = progress;
    }

    void read(String text) throws IOException {
      if (text.startsWith("{") == false) {
        return; // output of a library
      }
      JsonNode node = MAPPER.readTree(text);
      if (node.has("progress")) {
        progress.accept(node.get("progress").asDouble());
      } else if (node.has("badData")) {
        badData = node.get("badData").asText();
      } else if (node.has("warning")) {
        warnings.add(
            new DataWarning(node.get("warning").asText(), job.engine(), node.get("text").asText()));
      } else {
        samples.add(MAPPER.treeToValue(node, Sample.class));
      }
    }
  }

  /** The child failed; the message has its output. */
  static final class FailedException extends IOException {
    private static final long serialVersionUID = 1;

    private final boolean timedOut;

    FailedException(String message, boolean timedOut) {
      super(message);
      this.timedOut = timedOut;
    }

    /** Whether the child ran out of time. */
    boolean isTimedOut() {
      return timedOut;
    }
  }
}
