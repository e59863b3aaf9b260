/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.lucenelmdb.bench.data.BadDataException;

/** Checks a result, so that its consumers can rely on it. */
final class Validation {

  private Validation() {}

  static void check(Result result) throws BadDataException {
    require(result.started(), "started");
    require(result.machine(), "machine");
    require(result.setup(), "setup");
    require(result.setup().data(), "setup.data");
    requireAll(result.setup().sizes(), "setup.sizes");
    requireAll(result.engines(), "engines");
    requireAll(result.filters(), "filters");
    requireAll(result.warnings(), "warnings");
    requireAll(result.samples(), "samples");
    requireFinite(result.seconds(), "seconds");
    Set<String> engines = unique(result.engines(), EngineInfo::name, "engine");
    Set<String> filters = unique(result.filters(), FilterInfo::name, "filter");
    for (FilterInfo filter : result.filters()) {
      requireFinite(filter.selectivity(), "the selectivity of " + filter.name());
    }
    for (Sample sample : result.samples()) {
      check(sample);
      if (!engines.contains(sample.engine())) {
        throw new BadDataException("engine " + sample.engine() + " is not declared");
      }
      if (sample.filter() != null && !filters.contains(sample.filter())) {
        throw new BadDataException("filter " + sample.filter() + " is not declared");
      }
    }
  }

  static void check(Sample sample) throws BadDataException {
    require(sample.measure(), "a sample's measure");
    require(sample.engine(), "a sample's engine");
    require(sample.values(), "a sample's values");
    if (sample.round() < 0 || sample.vectors() < 1) {
      throw new BadDataException(
          "a sample of " + sample.engine() + " has a bad round or number of vectors");
    }
    for (Map.Entry<String, Double> value : sample.values().entrySet()) {
      require(value.getValue(), value.getKey() + " of " + sample.engine());
      requireFinite(value.getValue(), value.getKey() + " of " + sample.engine());
    }
  }

  private static <T> Set<String> unique(List<T> list, Function<T, String> name, String what)
      throws BadDataException {
    Set<String> names = new HashSet<>();
    for (T element : list) {
      require(name.apply(element), "the name of a " + what);
      if (!names.add(name.apply(element))) {
        throw new BadDataException("duplicate name: " + what + " " + name.apply(element));
      }
    }
    return names;
  }

  private static void requireAll(List<?> list, String what) throws BadDataException {
    require(list, what);
    for (Object element : list) {
      require(element, "an element of " + what);
    }
  }

  private static void require(Object object, String what) throws BadDataException {
    if (object == null) {
      throw new BadDataException(what + " is missing");
    }
  }

  private static void requireFinite(double value, String what) throws BadDataException {
    if (!Double.isFinite(value)) {
      throw new BadDataException(what + " is not a finite number");
    }
  }
}
