/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Texts in rows and columns.
 *
 * @param title what the numbers are, with their unit
 * @param keys the number of leading columns that identify a row; the others hold figures
 * @param headers of all columns
 * @param rows with as many cells as there are headers
 */
public record Table(String title, int keys, List<String> headers, List<List<String>> rows) {

  /** Begins a table. */
  public static Builder builder(String title, int keys, String... headers) {
    return new Builder(title, keys, List.of(headers));
  }

  /** Whether there is no figure. */
  public boolean isEmpty() {
    return rows.isEmpty() || headers.size() == keys;
  }

  /** Collects rows, without empty ones. */
  public static final class Builder {

    private final String title;
    private final int keys;
    private final List<String> headers;
    private final List<List<String>> rows = new ArrayList<>();

    private Builder(String title, int keys, List<String> headers) {
      this.title = title;
      this.keys = keys;
      this.headers = new ArrayList<>(headers);
    }

    /** Adds a column of figures. */
    public Builder column(String header) {
      headers.add(header);
      return this;
    }

    /** Adds a row, unless it has no figure. */
    public Builder row(String... cells) {
      return row(Arrays.asList(cells));
    }

    /** Adds a row, unless it has no figure. */
    public Builder row(List<String> cells) {
      if (cells.size() != headers.size()) {
        throw new IllegalArgumentException(cells + " for " + headers);
      }
      if (keys == cells.size() || cells.subList(keys, cells.size()).stream().anyMatch(this::says)) {
        rows.add(List.copyOf(cells));
      }
      return this;
    }

    private boolean says(String cell) {
      return !cell.isEmpty() && !cell.equals(Format.NONE);
    }

    /** Drops the columns of figures that are empty in all rows. */
    public Table build() {
      int[] columns =
          IntStream.range(0, headers.size())
              .filter(i -> i < keys || rows.stream().anyMatch(row -> says(row.get(i))))
              .toArray();
      return new Table(
          title, keys, pick(headers, columns), rows.stream().map(r -> pick(r, columns)).toList());
    }

    private static List<String> pick(List<String> cells, int[] columns) {
      return Arrays.stream(columns).mapToObj(cells::get).toList();
    }
  }
}
