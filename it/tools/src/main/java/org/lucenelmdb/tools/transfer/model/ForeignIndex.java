/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.model;

import java.io.Closeable;
import java.io.IOException;
import org.apache.lucene.util.Bits;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * An index of another library, or a file of vectors.
 *
 * @param vectors the vectors
 * @param metric the metric
 * @param ids the id of each vector
 * @param graph null if there is none
 * @param live the vectors that are not deleted; null for all
 */
public record ForeignIndex(
    VectorTable vectors, VectorMetric metric, Ids ids, LinkLists graph, Bits live)
    implements Closeable {

  @Override
  public void close() throws IOException {
    vectors.close();
  }
}
