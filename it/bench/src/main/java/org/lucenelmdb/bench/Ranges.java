/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Checks the values of options. */
record Ranges(CommandLine commandLine) {

  static <T> T orElse(T given, T otherwise) {
    return Objects.requireNonNullElse(given, otherwise);
  }

  static <T extends Comparable<T>> List<T> ascending(List<T> values) {
    return values.stream().distinct().sorted().toList();
  }

  void checkAll(String option, List<Integer> values, int min, int max) {
    values.forEach(value -> check(option, value, min, max));
  }

  void check(String option, int value, int min, int max) {
    if (value < min || value > max) {
      throw error(option + " must be from " + min + " to " + max + ", not " + value);
    }
  }

  void check(String option, double value, double min, double max) {
    if ((value >= min && value <= max) == false) { // written so that NaN is rejected, too
      throw error(option + " must be from " + min + " to " + max + ", not " + value);
    }
  }

  /** Returns an exception that reports invalid options. */
  ParameterException error(String message) {
    return new ParameterException(commandLine, message);
  }
}
