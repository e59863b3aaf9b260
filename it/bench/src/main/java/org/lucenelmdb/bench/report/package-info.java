/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Reports of a run: tables on a terminal, and a page with plots.
 *
 * <p>Each class {@code ...Section} arranges one kind of measurement into tables and plots, which
 * {@link org.lucenelmdb.bench.report.TerminalReport} and {@link
 * org.lucenelmdb.bench.report.HtmlReport} both show; a new measurement only needs a new section.
 * Computations that do not concern presentation are in the package of results, and the page's
 * script only draws what was computed in Java.
 */
package org.lucenelmdb.bench.report;
