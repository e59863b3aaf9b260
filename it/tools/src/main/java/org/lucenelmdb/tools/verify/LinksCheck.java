/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.verify;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.LongValues;
import org.lucenelmdb.internal.graph.GraphGeometry;
import org.lucenelmdb.internal.inspection.FieldInspection;
import org.lucenelmdb.internal.inspection.SegmentInspection;
import org.lucenelmdb.internal.roaring.PortableRoaring;
import org.lucenelmdb.internal.store.ImageWalk;
import org.lucenelmdb.tools.index.Reachability;
import org.lucenelmdb.tools.index.WriterOptions;

/** Checks the neighbor lists of a field, in the order of their keys, and then the whole graph. */
final class LinksCheck {

  /** The bytes that a record uses besides its value, as {@code linksBytes} counts them. */
  private static final int RECORD_OVERHEAD_BYTES = Short.BYTES + 2 * Long.BYTES;

  private final SegmentInspection segment;
  private final FieldInspection field;
  private final GraphGeometry graph;
  private final IndexInput metadata;
  private final Findings findings;
  private final String part;
  private final RoaringCheck roaring = new RoaringCheck();
  private final FixedBitSet[] levels; // null for level 0
  private final int[] firstRecords; // the position of each level in the table of addresses
  private final LongValues addresses;
  private final int[] neighbors;
  private int level;
  private int index; // of the next node on the level
  private long linksBytes;
  private int maxDegree;
  private long links;

  LinksCheck(SegmentInspection segment, FieldInspection field, Findings findings, String part)
      throws IOException {
    this.segment = segment;
    this.field = field;
    this.graph = field.graph();
    this.metadata = segment.metadata();
    this.findings = findings;
    this.part = part;
    this.levels = new FixedBitSet[graph.levels()];
    this.firstRecords = new int[graph.levels() + 1];
    for (int l = 0; l < levels.length; l++) {
      firstRecords[l + 1] = firstRecords[l] + size(l);
      if (l > 0) {
        levels[l] = new FixedBitSet(graph.size());
        for (int node : graph.nodesByLevel()[l]) {
          levels[l].set(node);
        }
      }
    }
    this.addresses = graph.addresses().open(metadata);
    this.neighbors = new int[Math.min(graph.size(), 2 * graph.maxConn())];
  }

  private int size(int onLevel) {
    return onLevel == 0 ? graph.size() : graph.nodesByLevel()[onLevel].length;
  }

  private int node(int onLevel, int at) {
    return onLevel == 0 ? at : graph.nodesByLevel()[onLevel][at];
  }

  private String name(int onLevel, int node) {
    return part + ", node " + node + " on level " + onLevel;
  }

  /** The number of links. */
  long links() {
    return links;
  }

  /**
   * Checks the next record.
   *
   * @param bytes contain the value
   */
  void record(ImageWalk.Record record, byte[] bytes, int offset) {
    int recordLevel = (int) record.keyNumber(2, Short.BYTES);
    int recordNode = (int) record.keyNumber(4, Integer.BYTES);
    if (locate(recordLevel, recordNode) == false) {
      findings.add(part, part, "neighbors of nodes that exist", name(recordLevel, recordNode));
      return;
    }
    long address = addresses.get(firstRecords[level] + index) << 1;
    if (address != record.address()) {
      findings.add(
          part,
          name(level, recordNode),
          "address " + record.address() + " in the table",
          String.valueOf(address));
    }
    index++;
    linksBytes += RECORD_OVERHEAD_BYTES + record.length();
    try {
      roaring.check(bytes, offset, (int) record.length());
      int degree =
          PortableRoaring.decode(
              bytes, offset, (int) record.length(), neighbors, graph.size(), part);
      checkNeighbors(degree, recordNode);
    } catch (IOException e) {
      findings.add(part, name(level, recordNode), e);
    }
  }

  /** Moves to a node; reports the nodes before it, which have no record. */
  private boolean locate(int recordLevel, int recordNode) {
    if (recordLevel >= levels.length) {
      return false;
    }
    while (level < recordLevel) {
      reportMissing(size(level));
      level++;
      index = 0;
    }
    int at =
        recordLevel == 0
            ? (recordNode >= 0 && recordNode < graph.size() ? recordNode : -1)
            : Arrays.binarySearch(graph.nodesByLevel()[recordLevel], recordNode);
    if (at < index || level > recordLevel) {
      return false;
    }
    reportMissing(at);
    index = at;
    return true;
  }

  private void reportMissing(int end) {
    if (index < end) {
      findings.add(
          part,
          name(level, node(level, index)),
          "a list of neighbors",
          "none for " + (end - index) + " nodes");
    }
  }

  private void checkNeighbors(int degree, int node) {
    maxDegree = Math.max(maxDegree, degree);
    links += degree;
    for (int i = 0; i < degree; i++) {
      int neighbor = neighbors[i];
      if (neighbor == node) {
        findings.add(part, name(level, node), "links to other nodes", "a link to itself");
      } else if (level > 0 && levels[level].get(neighbor) == false) {
        findings.add(part, name(level, node), "neighbors on this level", "node " + neighbor);
      }
    }
  }

  /** Checks the whole graph after the last record. */
  void finish() throws IOException {
    for (; level < levels.length; level++, index = 0) {
      reportMissing(size(level));
    }
    findings.checkEqual(part, "largest degree", maxDegree, graph.maxDegree());
    findings.checkEqual(part, "bytes of links", linksBytes, graph.linksBytes());
    int writerM = WriterOptions.parse(segment.writerOptions()).number("maxConn").orElse(0);
    long mostM = Math.max(writerM, (maxDegree + 1) / 2);
    if (writerM > 0) {
      findings.checkEqual(part, "M", mostM, graph.maxConn());
    } else {
      findings.check(
          2 * graph.maxConn() >= maxDegree,
          part,
          "M of at least half the largest degree, " + maxDegree,
          graph.maxConn());
    }
    long difference =
        TableCheck.firstDifference(metadata, graph.addresses(), segment.image().length() >>> 1);
    findings.check(
        difference < 0, part, "a table of addresses as it is written", "byte " + difference);
    int top = levels.length - 1;
    findings.check(
        top == 0 || levels[top].get(graph.entryNode()),
        part,
        "an entry node on level " + top,
        "node " + graph.entryNode());
    if (segment.version() > 1) { // older versions did not link what cannot be reached
      checkReached();
    }
  }

  private void checkReached() throws IOException {
    try {
      Reachability reachability = Reachability.of(segment, field);
      for (int l = levels.length - 1; l >= 0; l--) {
        int first = reachability.firstUnreached(l);
        if (first >= 0) {
          int left = size(l) - reachability.reached(l);
          findings.add(
              name(l, first),
              "a path from the entry node",
              "none, as for " + left + " nodes of this level");
        }
      }
    } catch (CorruptIndexException | RuntimeException e) { // of a link that leads to nowhere
      findings.add(part, e);
    }
  }
}
