/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.verify;

import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.LongValues;
import org.lucenelmdb.internal.codes.CodeCheck;
import org.lucenelmdb.internal.codes.Codes;
import org.lucenelmdb.internal.inspection.FieldInspection;
import org.lucenelmdb.internal.inspection.SegmentInspection;
import org.lucenelmdb.internal.vectors.VectorPairs;
import org.lucenelmdb.internal.vectors.VectorsInput;

/** Checks the codes of a field: their ordinals, and that they are those of the vectors. */
final class CodesCheck extends BlocksCheck {

  /** Behind the last record, where scorers read beyond it. */
  private static final int SLACK_BYTES = 64;

  /** The number of codes that are compared with their vectors unless all are. */
  static final int SAMPLE = 100_000;

  private final SegmentInspection segment;
  private final Codes codes;
  private final LongValues nodes;
  private final FixedBitSet seen;
  private final CodeCheck check;
  private final KnnVectorValues values;
  private final float[] vector;
  private final int step;
  private long compared;

  CodesCheck(
      SegmentInspection segment,
      FieldInspection field,
      boolean areAll,
      Findings findings,
      String part)
      throws IOException {
    super(field.codes().blocks(), SLACK_BYTES, segment.image(), segment.pageSize(), findings, part);
    this.segment = segment;
    this.codes = field.codes();
    this.nodes = codes.nodes().open(segment.metadata());
    int size = field.blocks().size();
    this.seen = new FixedBitSet(size);
    this.check = new CodeCheck(codes);
    int dimension = field.info().getVectorDimension();
    this.values =
        new VectorsInput(
                field.blocks(),
                field.docs(),
                dimension,
                field.metric(),
                segment.image(),
                segment.metadata())
            .values(field.info().getVectorEncoding());
    this.vector = new float[dimension];
    this.step = areAll ? 1 : Math.max(1, size / SAMPLE);
  }

  @Override
  void check(int node, byte[] bytes, int offset) throws IOException {
    int ord = CodeCheck.ordinal(bytes, offset);
    if (ord < 0 || ord >= seen.length() || seen.getAndSet(ord)) {
      report(node, "an ordinal below " + seen.length() + " that no other node has; found " + ord);
      return;
    }
    if (nodes.get(ord) != node) {
      report(node, "this node in the table, for ordinal " + ord + "; found " + nodes.get(ord));
    }
    String difference = check.checkAlone(bytes, offset);
    if (difference == null && node % step == 0) {
      compared++;
      VectorPairs.copy(values, ord, vector);
      difference = check.check(vector, bytes, offset);
    }
    if (difference != null) {
      report(node, difference);
    }
  }

  private void report(int node, String difference) {
    int split = difference.lastIndexOf("; found ");
    findings.add(
        part,
        part + ", node " + node,
        difference.substring(0, split),
        difference.substring(split + "; found ".length()));
  }

  /** The number of codes that were compared with their vectors. */
  long compared() {
    return compared;
  }

  @Override
  void finish() throws IOException {
    super.finish();
    long difference =
        TableCheck.firstDifference(segment.metadata(), codes.nodes(), seen.length() - 1);
    findings.check(difference < 0, part, "a table of nodes as it is written", "byte " + difference);
  }
}
