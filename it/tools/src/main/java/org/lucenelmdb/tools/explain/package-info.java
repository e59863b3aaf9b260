/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The command {@code explain}: why a document is not in the result of a query.
 *
 * <p>{@code Explainer} runs the query with a {@code TraceListener}, ranks all documents by their
 * exact scores, and derives an {@code Explanation} from both. {@code Neighborhood} chooses what is
 * drawn, and {@code Picture} draws it.
 */
package org.lucenelmdb.tools.explain;
