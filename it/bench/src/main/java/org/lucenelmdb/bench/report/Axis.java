/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * An axis with numbers.
 *
 * @param name with the unit
 * @param log whether the axis is logarithmic
 * @param format {@code number}, {@code percent} or {@code integer}
 * @param min the lower end, or null to begin at the data; lower values are cut off
 * @param max the upper end, or null to end at the data
 * @param interval between ticks, or null for automatic round values
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Axis(
    String name, boolean log, String format, Double min, Double max, Double interval) {

  /** A logarithmic axis. */
  public static Axis log(String name) {
    return new Axis(name, true, "number", null, null, null);
  }

  /** A linear axis. */
  public static Axis linear(String name) {
    return new Axis(name, false, "number", null, null, null);
  }
}
