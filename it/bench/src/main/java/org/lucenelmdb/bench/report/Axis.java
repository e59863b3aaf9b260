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
 * @param log whether equal distances are equal ratios
 * @param format {@code number}, {@code percent} or {@code integer}
 * @param min where it begins, or null to begin by the data; what lies below is cut off
 * @param max where it ends, or null to end by the data
 * @param interval between ticks, or null for any that are round
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Axis(String name, boolean log, String format, Double min, Double max, Double interval) {

  static Axis log(String name) {
    return new Axis(name, true, "number", null, null, null);
  }

  static Axis linear(String name) {
    return new Axis(name, false, "number", null, null, null);
  }
}
