/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Writes the index of an import: the ids as documents, then the vectors and the graph with them.
 */
package org.lucenelmdb.tools.transfer.index;
