/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import org.apache.lucene.codecs.hnsw.HnswGraphProvider;

/**
 * The reader of a field whose graph is to be kept as it is. A merge of its segment alone, without
 * deletes and without sorting, writes every link of the graph and no other. It neither prunes nor
 * repairs the graph, and holds no nodes out, so that no recall curve is measured. Any other merge
 * starts from the graph, as from that of any segment.
 *
 * <p>The graph was built by the metric of the field. Programs that import indexes of other
 * libraries implement this interface.
 */
public interface CompleteGraph extends HnswGraphProvider {}
