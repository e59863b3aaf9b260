/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.model;

import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.index.DocValuesSkipIndexType;
import org.apache.lucene.index.DocValuesType;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.VectorEncoding;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** Creates Lucene's description of fields with vectors and nothing else. */
public final class VectorFieldInfos {

  private VectorFieldInfos() {}

  /**
   * Creates a description.
   *
   * @param number the number of the field in its segment
   */
  public static FieldInfo create(
      String name, int number, int dimension, VectorEncoding encoding, VectorMetric metric) {
    Map<String, String> attributes = new HashMap<>();
    if (metric.isLuceneFunction() == false) {
      attributes.put(VectorMetric.ATTRIBUTE, metric.name());
    }
    return new FieldInfo(
        name,
        number,
        false,
        false,
        false,
        IndexOptions.NONE,
        DocValuesType.NONE,
        DocValuesSkipIndexType.NONE,
        -1,
        attributes,
        0,
        0,
        0,
        dimension,
        encoding,
        metric.function(),
        false,
        false);
  }
}
