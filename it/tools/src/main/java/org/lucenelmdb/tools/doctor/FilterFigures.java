/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

/**
 * Searches with a filter.
 *
 * @param filter its name
 * @param matching the number of live vectors that pass
 * @param strategy null if the queries left it to the field
 * @param strategies the strategies that the searches used
 * @param figures recall and cost
 */
record FilterFigures(
    String filter, int matching, String strategy, String strategies, SearchFigures figures) {}
