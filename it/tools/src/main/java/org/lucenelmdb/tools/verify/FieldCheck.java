/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.verify;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.KnnVectorValues;
import org.lucenelmdb.internal.graph.GraphGeometry;
import org.lucenelmdb.internal.inspection.FieldInspection;
import org.lucenelmdb.internal.inspection.SegmentInspection;
import org.lucenelmdb.internal.store.ImageWalk;
import org.lucenelmdb.internal.vectors.VectorsInput;

/** Checks the records of a field in all databases. */
final class FieldCheck {

  private final SegmentInspection segment;
  private final FieldInspection field;
  private final Findings findings;
  private final String part;
  private final RoaringCheck roaring = new RoaringCheck();
  private final VectorsCheck vectors;
  private final CodesCheck codes; // null if there are none
  private final LinksCheck links; // null without a graph
  private int levels;
  private boolean hasDocs;

  FieldCheck(SegmentInspection segment, FieldInspection field, boolean allCodes, Findings findings)
      throws IOException {
    this.segment = segment;
    this.field = field;
    this.findings = findings;
    this.part = "field " + field.info().name;
    this.vectors = new VectorsCheck(segment, field, findings, part + ", vectors");
    this.codes =
        field.codes() == null
            ? null
            : new CodesCheck(segment, field, allCodes, findings, part + ", codes");
    this.links =
        field.graph() == null ? null : new LinksCheck(segment, field, findings, part + ", links");
  }

  /**
   * Checks the next record of a database; false if it should have none for this field.
   *
   * @param value contains the value if that is not a block
   */
  boolean record(ImageWalk.Record record, byte[] value, int offset) throws IOException {
    switch (record.database()) {
      case "vectors" -> vectors.record(record);
      case "codes" -> {
        if (codes == null) {
          return false;
        }
        codes.record(record);
      }
      case "links" -> {
        if (links == null) {
          return false;
        }
        links.record(record, value, offset);
      }
      case "levels" -> {
        return checkLevel(record, value, offset);
      }
      default -> checkDocs(record, value, offset);
    }
    return true;
  }

  private boolean checkLevel(ImageWalk.Record record, byte[] value, int offset) {
    int level = (int) record.keyNumber(Short.BYTES, Short.BYTES);
    GraphGeometry graph = field.graph();
    if (graph == null || level < 1 || level >= graph.levels()) {
      return false;
    }
    levels++;
    String where = part + ", level " + level;
    try {
      roaring.check(value, offset, (int) record.length());
      int[] nodes = roaring.values();
      findings.checkEqual(
          where, "number of nodes", graph.nodesByLevel()[level].length, nodes.length);
      // nodes of a level are also on the level below
      for (int node : nodes) {
        if (level > 1 && Arrays.binarySearch(graph.nodesByLevel()[level - 1], node) < 0) {
          findings.add(part, where, "nodes of the level below", "node " + node);
        }
      }
    } catch (RoaringCheck.InvalidBitmapException e) {
      findings.add(where, e);
    }
    return true;
  }

  private void checkDocs(ImageWalk.Record record, byte[] value, int offset) throws IOException {
    hasDocs = true;
    String where = part + ", documents";
    try {
      int[] docs = roaring.checkWithRuns(value, offset, (int) record.length());
      findings.checkEqual(where, "number of documents", field.blocks().size(), docs.length);
      KnnVectorValues values = values();
      for (int ord = 0; ord < Math.min(docs.length, values.size()); ord++) {
        if (values.ordToDoc(ord) != docs[ord]) {
          findings.add(
              where,
              "document " + docs[ord] + " of ordinal " + ord + " in the metadata",
              values.ordToDoc(ord));
          return;
        }
      }
    } catch (RoaringCheck.InvalidBitmapException e) {
      findings.add(where, e);
    }
  }

  private KnnVectorValues values() throws IOException {
    return new VectorsInput(
            field.blocks(),
            field.docs(),
            field.info().getVectorDimension(),
            field.metric(),
            segment.image(),
            segment.metadata())
        .values(field.info().getVectorEncoding());
  }

  /** Checks what belongs to the field as a whole, after all records. */
  void finish() throws IOException {
    vectors.finish();
    if (codes != null) {
      codes.finish();
    }
    if (links != null) {
      links.finish();
      findings.checkEqual(part, "number of levels above 0", field.graph().levels() - 1, levels);
    }
    boolean isSparse = field.docs().byteSize() > 0;
    findings.check(
        isSparse == hasDocs,
        part,
        (isSparse ? "a" : "no") + " record of the documents",
        hasDocs ? "one" : "none");
  }

  /** The number of links. */
  long links() {
    return links == null ? 0 : links.links();
  }

  /** The number of codes that were compared with their vectors. */
  long comparedCodes() {
    return codes == null ? 0 : codes.compared();
  }
}
