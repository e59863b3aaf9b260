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
record Section(String id, String title, String note, List<Table> tables, List<Plot> plots) {

  static Builder builder(String id, String title, String note) {
    return new Builder(id, title, note);
  }

  boolean isEmpty() {
    return tables.isEmpty() && plots.isEmpty();
  }

  /** Collects tables and plots. */
  static final class Builder {

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

    Builder add(Table table) {
      if (!table.isEmpty()) {
        tables.add(table);
      }
      return this;
    }

    Builder add(Plot plot) {
      if (!plot.isEmpty()) {
        plots.add(plot);
      }
      return this;
    }

    Section build() {
      return new Section(id, title, note, List.copyOf(tables), List.copyOf(plots));
    }
  }
}
