/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.inspection;

import org.apache.lucene.index.FieldInfo;
import org.lucenelmdb.internal.codes.Codes;
import org.lucenelmdb.internal.graph.GraphGeometry;
import org.lucenelmdb.internal.search.RecallCurve;
import org.lucenelmdb.internal.vectors.DocsWithVectors;
import org.lucenelmdb.internal.vectors.VectorBlocks;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * The parts of a field in a segment.
 *
 * @param info the field in Lucene's list of fields
 * @param number the number of the field in the image, from 0
 * @param metric the metric of the field
 * @param blocks the addresses of the vectors, by ordinal
 * @param docs the documents of the ordinals
 * @param graph null if there is none
 * @param codes null if there are none
 * @param targetRecall the stored target recall; 0 for the default
 * @param recallCurve the recall curve; null if it was not measured
 */
public record FieldInspection(
    FieldInfo info,
    int number,
    VectorMetric metric,
    VectorBlocks blocks,
    DocsWithVectors docs,
    GraphGeometry graph,
    Codes codes,
    float targetRecall,
    RecallCurve recallCurve) {}
