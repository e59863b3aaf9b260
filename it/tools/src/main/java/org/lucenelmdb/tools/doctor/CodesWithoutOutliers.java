/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.lucenelmdb.internal.codes.CodeCosts;
import org.lucenelmdb.internal.codes.CodeModel;
import org.lucenelmdb.internal.codes.CodeTrainer;
import org.lucenelmdb.internal.workers.Workers;
import org.lucenelmdb.tools.index.SegmentField;
import org.lucenelmdb.tools.search.SearchedField;

/**
 * The codes that the largest segment of a field would have without the farthest vectors, compared
 * with those it has.
 *
 * @param segment its name
 * @param bits per dimension; 0 if it has no codes
 * @param depth the number of candidates that must be reranked to find the nearest 10, as measured
 *     when the codes were trained; NaN without codes
 * @param bitsWithout the same of codes that are trained on typical vectors
 * @param depthWithout the same of codes that are trained on typical vectors
 */
record CodesWithoutOutliers(
    String segment, int bits, double depth, int bitsWithout, double depthWithout) {

  private static final double DEEPER = 2;

  /**
   * Trains codes on typical vectors.
   *
   * @return null if the format would not choose codes for any vectors of this dimension
   */
  static CodesWithoutOutliers of(SearchedField field, List<float[]> typical) throws IOException {
    SegmentField largest =
        field.segments().stream()
            .max(Comparator.comparingInt(s -> s.field().blocks().size()))
            .orElseThrow();
    CodeModel model = largest.field().codes() == null ? null : largest.field().codes().model();
    int bits = model == null ? defaultBits(field.dimension()) : model.layout().bits();
    if (bits == 0 || largest.field().graph() == null || typical.isEmpty()) {
      return null;
    }
    KnnVectorValues values = FloatVectorValues.fromFloats(typical, field.dimension());
    int bytes = field.dimension() * (field.isBytes() ? 1 : Float.BYTES);
    CodeCosts costs = new CodeCosts(largest.field().blocks().size(), bytes);
    CodeModel without =
        model == null
            ? CodeTrainer.trainAny(values, field.metric(), bits, costs, Workers.callerOnly())
            : CodeTrainer.train(values, field.metric(), bits, costs, Workers.callerOnly());
    return new CodesWithoutOutliers(
        largest.segmentName(),
        model == null ? 0 : bits,
        model == null ? Double.NaN : model.rerankDepth(),
        without == null ? 0 : without.layout().bits(),
        without == null ? Double.NaN : without.rerankDepth());
  }

  /** The least number of bits that the format chooses by itself. */
  private static int defaultBits(int dimension) {
    if (dimension >= 320) {
      return 1;
    }
    return dimension >= 160 ? 2 : dimension >= 32 ? 4 : 0;
  }

  /** Whether codes are missing, or require much more reranking. */
  boolean isWorse() {
    return bits == 0 ? bitsWithout > 0 : depth > DEEPER * depthWithout;
  }

  String describe() {
    return Rules.text(
        "segment %s has %s, without the farthest vectors it would have %s",
        segment, describe(bits, depth), describe(bitsWithout, depthWithout));
  }

  private static String describe(int bits, double depth) {
    return bits == 0
        ? "no codes"
        : Rules.text("codes of %d bit with %,.0f candidates for the nearest 10", bits, depth);
  }
}
