/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import java.util.ArrayList;
import java.util.List;
import org.lucenelmdb.LmdbHnswSearchListener;
import org.lucenelmdb.internal.inspection.SearchTracer;
import org.lucenelmdb.internal.search.SearchObserver;
import org.lucenelmdb.tools.index.SegmentField;

/**
 * Collects the reports of all searches of a query, and traces those of one segment. A query may
 * search a segment twice. For one thread.
 */
final class TraceListener implements LmdbHnswSearchListener, SearchTracer {

  private final SegmentField traced; // null for none
  private final List<Search> reports = new ArrayList<>();
  private final List<Search> tracedReports = new ArrayList<>();
  private final List<SearchTrace> traces = new ArrayList<>();

  /**
   * @param traced the field in the segment to trace; null for none
   */
  TraceListener(SegmentField traced) {
    this.traced = traced;
  }

  @Override
  public SearchObserver begin(String segment, String field, int k) {
    if (isTraced(segment, field) == false) {
      return null;
    }
    boolean areNodesOrdinals = traced.field().codes() == null;
    SearchTrace trace = new SearchTrace(k, traced.field().blocks().size(), areNodesOrdinals);
    traces.add(trace);
    return trace;
  }

  @Override
  public void onSearch(Search search) {
    reports.add(search);
    if (isTraced(search.segment(), search.field())) {
      tracedReports.add(search);
    }
  }

  private boolean isTraced(String segment, String field) {
    return traced != null && traced.segmentName().equals(segment) && traced.name().equals(field);
  }

  /** The reports of all segments, in the order of searches. */
  List<Search> reports() {
    return reports;
  }

  /** The reports of the traced segment. */
  List<Search> tracedReports() {
    return tracedReports;
  }

  /** The traces of the traced segment, one for each report. */
  List<SearchTrace> traces() {
    return traces;
  }
}
