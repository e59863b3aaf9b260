/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Searches whose exact answers are known: queries from a file or from stored vectors, filters by
 * terms and ranges, exact answers, and what a search found and cost. For commands that measure.
 */
package org.lucenelmdb.tools.search;
