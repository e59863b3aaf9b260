/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The output of a command: one result, which is a record, as JSON or as tables.
 *
 * <p>Standard output has nothing else. Progress and errors go to standard error.
 */
public final class Output {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--json", description = "Print JSON.")
  private boolean isJson;

  /**
   * Prints a result.
   *
   * @param result a record, whose components are the JSON
   * @param tables prints it for humans
   */
  public <T> void print(T result, Consumer<Tables> tables) {
    PrintWriter out = command.commandLine().getOut();
    if (isJson) {
      out.println(toJson(result));
    } else {
      tables.accept(new Tables(out));
    }
    out.flush();
  }

  /** Whether the result is printed as JSON. */
  public boolean isJson() {
    return isJson;
  }

  /** Where progress and warnings go. */
  public PrintWriter err() {
    return command.commandLine().getErr();
  }

  /** Returns the JSON of a record. */
  public static String toJson(Object result) {
    try {
      return JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build()
          .writeValueAsString(result);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // records of strings, numbers and lists have a JSON form
    }
  }

  /** Returns a row of a table. */
  public static List<String> row(Object... cells) {
    return Arrays.stream(cells).map(String::valueOf).toList();
  }
}
