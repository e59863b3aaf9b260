/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Sample;

/** A program with the output of a real one, or a failure. */
final class FakeProgram {

  private FakeProgram() {}

  /** The command that runs a class of the tests in a JVM. */
  static List<String> command(Class<?> program, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /** The first argument selects the behavior; the others are those of a real program. */
  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "measures" -> measure(args);
      case "garbage" -> {
        System.out.println("Warning: this library likes to talk");
        System.out.println();
        System.err.println("[and so does this one]");
        measure(args);
      }
      case "other version" ->
          System.out.println("{\"info\":{\"name\":\"hnswlib\",\"version\":\"0.0.1\"}}");
      case "half a line" -> System.out.println("{\"progress\":");
      case "other json" -> System.out.println("{\"measure\":\"search\",\"speed\":3}");
      case "no values" -> System.out.println("{\"measure\":\"search\",\"vectors\":3}");
      case "silence" -> System.out.println("nothing to do");
      case "complains" -> {
        System.err.println("a warning");
        System.err.println("fake: the data is bad");
        System.exit(2);
      }
      case "fails" -> {
        for (int i = 0; i < 100; i++) {
          System.err.println("detail " + i);
        }
        System.exit(1);
      }
      case "waits" -> {
        System.out.println("pid " + ProcessHandle.current().pid());
        System.out.println("{\"progress\":0.5}");
        // with a limit, because a failed test may leave it running
        new CountDownLatch(1).await(60, TimeUnit.SECONDS);
      }
      default -> throw new AssertionError(args[0]);
    }
  }

  private static void measure(String[] args) throws Exception {
    JsonMapper mapper = new JsonMapper();
    ExternalEngine engine = ExternalEngine.HNSWLIB;
    System.out.println(mapper.writeValueAsString(Map.of("info", engine.info())));
    System.out.println("{\"progress\":0.5}");
    Measure measure = args[1].equals("build") ? Measure.BUILD : Measure.SEARCH;
    Map<String, Double> values = Map.of("arguments", (double) args.length);
    for (int ef = 10; ef <= 20; ef += 10) {
      Sample sample = new Sample(measure, args[2], 3, 1000, ef, 2, null, null, null, values);
      System.out.println(mapper.writeValueAsString(sample));
    }
    System.out.println("{\"progress\":1.0}");
  }
}
