/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * One kind of measurement, ready to be shown.
 *
 * @param id identifies the section in links
 * @param title for readers
 * @param note explains the figures
 * @param tables without empty ones
 * @param plots without empty ones
 */
public record Section(String id, String title, String note, List<Table> tables, List<Plot> plots) {

  /** Begins a section. */
  public static Builder builder(String id, String title, String note) {
    return new Builder(id, title, note);
  }

  /** Whether there is nothing to show. */
  public boolean isEmpty() {
    return tables.isEmpty() && plots.isEmpty();
  }

  /** Collects tables and plots. */
  public static final class Builder {

    private final String id;
    private final String title;
    private final String note;
    private final List<Table> tables = new ArrayList<>();
    private final List<Plot> plots = new ArrayList<>();

    private Builder(String id, String title, String note) {
      this.id = id;
      this.title = title;
      this.note = note;
    }

    /** Adds a table, unless it is empty. */
    public Builder add(Table table) {
      if (!table.isEmpty()) {
        tables.add(table);
      }
      return this;
    }

    /** Adds a plot, unless it is empty. */
    public Builder add(Plot plot) {
      if (!plot.isEmpty()) {
        plots.add(plot);
      }
      return this;
    }

    /** Ends the section. */
    public Section build() {
      return new Section(id, title, note, List.copyOf(tables), List.copyOf(plots));
    }
  }
}
