/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

/**
 * An explanation with what is drawn of it.
 *
 * @param explanation the facts
 * @param neighborhood null if the segment has no graph, or the document no vector
 */
record Explained(Explanation explanation, Neighborhood neighborhood) {}
