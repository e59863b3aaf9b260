/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.Map;
import java.util.function.DoubleConsumer;
import org.lucenelmdb.bench.result.Sample;

/** Writes lines of JSON for the parent JVM: samples, the progress, and warnings. */
final class Reporter {

  private static final double STEP = 0.01;

  private final ObjectMapper mapper = new ObjectMapper();
  private final PrintStream out;
  private double reported;

  Reporter(PrintStream out) {
    this.out = out;
  }

  void report(Sample sample) {
    print(sample);
  }

  /** Reports the share of the work that is done, from 0 to 1; throttled. */
  synchronized void progress(double done) {
    if (done >= reported + STEP || (done == 1 && reported < 1)) {
      reported = done;
      print(Map.of("progress", done));
    }
  }

  /** The progress of a part of the work, which spans the given range. */
  DoubleConsumer part(double from, double to) {
    return done -> progress(from + done * (to - from));
  }

  /** Reports why something could not be measured, or cannot be trusted. */
  void warning(String what, String text) {
    print(Map.of("warning", what, "text", text));
  }

  /** Reports why the user's data cannot be used. */
  void badData(String text) {
    print(Map.of("badData", text));
  }

  private void print(Object line) {
    try {
      out.println(mapper.writeValueAsString(line));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
