/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.verify;

import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.util.BitUtil;
import org.lucenelmdb.internal.inspection.FieldInspection;
import org.lucenelmdb.internal.inspection.SegmentInspection;

/** Checks the vectors of a field: floats are finite. */
final class VectorsCheck extends BlocksCheck {

  private final boolean isFloat;
  private final int dimension;

  VectorsCheck(SegmentInspection segment, FieldInspection field, Findings findings, String part) {
    super(field.blocks(), 0, segment.image(), segment.pageSize(), findings, part);
    this.isFloat = field.info().getVectorEncoding() == VectorEncoding.FLOAT32;
    this.dimension = field.info().getVectorDimension();
  }

  @Override
  void check(int ord, byte[] bytes, int offset) {
    for (int i = 0; isFloat && i < dimension; i++) {
      float x = (float) BitUtil.VH_LE_FLOAT.get(bytes, offset + i * Float.BYTES);
      if (Float.isFinite(x) == false) {
        findings.add(part, part + ", vector of ordinal " + ord, "finite components", x);
        return;
      }
    }
  }
}
