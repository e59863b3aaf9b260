/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.verify;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.internal.inspection.FieldInspection;
import org.lucenelmdb.internal.inspection.SegmentInspection;
import org.lucenelmdb.tools.DamagedFiles;
import org.lucenelmdb.tools.ExitCodes;
import org.lucenelmdb.tools.GoldenIndexes;
import org.lucenelmdb.tools.LibraryThreads;
import org.lucenelmdb.tools.ToolRun;
import org.lucenelmdb.tools.index.FormatFiles;

/**
 * Damages known places of a segment of version 3, which has no checksums but Lucene's, and those
 * are computed again. So each finding comes from the part that is checked.
 */
@ThreadLeakFilters(filters = LibraryThreads.class)
public class TestVerifiedParts extends LuceneTestCase {

  private Path path;
  private Path file;
  private byte[] healthy;
  private int imageStart;

  /** Where the parts of a field are. */
  private record Places(long firstVector, long firstCode, long firstLinks, int entryNode) {}

  private Places open(String suffix, String name, String extension) throws IOException {
    path = createTempDir();
    GoldenIndexes.copy(3, path);
    Places places = null;
    String fileName;
    try (Directory directory = newFSDirectory(path)) {
      SegmentCommitInfo segment = SegmentInfos.readLatestCommit(directory).info(0);
      FormatFiles files = FormatFiles.read(segment, directory);
      fileName = files.fileName("LmdbHnswVectorsFormat_" + suffix, extension);
      try (KnnVectorsReader reader = files.open("LmdbHnswVectorsFormat_" + suffix)) {
        SegmentInspection inspection = (SegmentInspection) reader;
        for (FieldInspection field : inspection.fields()) {
          if (field.info().name.equals(name)) {
            places =
                new Places(
                    field.blocks().startAddress(),
                    field.codes() == null ? -1 : field.codes().blocks().startAddress(),
                    field.graph().firstAddress(inspection.metadata()),
                    field.graph().entryNode());
          }
        }
        imageStart = inspection.pageSize(); // a header is shorter than a page
      }
    }
    file = path.resolve(fileName);
    healthy = Files.readAllBytes(file);
    return places;
  }

  private ByteBuffer damaged() {
    return ByteBuffer.wrap(healthy.clone()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void check(ByteBuffer damaged, String... expected) throws IOException {
    DamagedFiles.writeWithChecksum(file, damaged.array());
    ToolRun run = ToolRun.of("verify", path.toString());
    assertEquals(run.out() + run.err(), ExitCodes.FINDINGS, run.exitCode());
    for (String text : expected) {
      assertTrue(run.out(), run.out().contains(text));
    }
    Files.write(file, healthy);
  }

  private int at(long address) {
    return imageStart + (int) address;
  }

  public void testCodes() throws IOException {
    Places places = open("1", "eight", "vec");
    int code = at(places.firstCode);
    for (int offset : new int[] {4, 8, 16, 20}) { // corrective terms and components
      ByteBuffer damaged = damaged();
      damaged.put(code + offset, (byte) (damaged.get(code + offset) ^ 1));
      check(damaged, "field eight, codes, node 0: expected code ", " of the vector; found ");
    }
    check(damaged().putInt(code + 12, 99_999), " centroids; found 99999");
    check(damaged().putInt(code, healthy.length), "an ordinal below 2100 that no other node has");
    int other = damaged().getInt(code + 24); // the next record
    check(damaged().putInt(code, other), "that no other node has", "this node in the table");
    check(damaged().putInt(code - 4, 1), "expected zeros around the vectors");
  }

  public void testVectors() throws IOException {
    Places places = open("1", "eight", "vec");
    int vector = at(places.firstVector);
    check(damaged().putFloat(vector, Float.NaN), "vector of ordinal 0: expected finite components");
    ByteBuffer damaged = damaged(); // the lowest bit is visible in the code
    damaged.putInt(vector + 4, damaged.getInt(vector + 4) ^ 1 << 12);
    check(damaged, "field eight, codes, node ");
  }

  public void testLinks() throws IOException {
    Places places = open("1", "eight", "vec");
    int links = at(places.firstLinks); // cookie, containers, key and cardinality, offset, nodes
    check(damaged().putInt(links, 12347), "a Roaring bitmap");
    check(
        damaged().putShort(links + 16, (short) 0), "links to other nodes; found a link to itself");
    ByteBuffer damaged = damaged();
    int degree = damaged.getShort(links + 10) + 1;
    int last = links + 16 + 2 * (degree - 1);
    check(damaged.putShort(last, (short) 2100), "values below 2100; found 2100");
    check(damaged().put(links - 1, (byte) 9), "keys of database links in ascending order");
    check(damaged().putInt(links - 16, 1), " that fill the bytes from ");
  }

  public void testPages() throws IOException {
    Places places = open("1", "eight", "vec");
    int page = at(places.firstLinks) / imageStart * imageStart;
    for (int offset : new int[] {0, 8, 10, 12, 14, 16}) {
      ByteBuffer damaged = damaged();
      damaged.put(page + offset, (byte) (damaged.get(page + offset) ^ 2));
      check(damaged, "of the image: expected ");
    }
    int run = at(places.firstVector) / imageStart * imageStart;
    check(damaged().putInt(run + 12, 3), "to begin a run of ");
    check(damaged().putInt(run + 16 + 4, 3), "field eight, vectors, block 0");
    check(damaged().put(imageStart - 1, (byte) 1), "expected zeros up to the image; found 1");
  }

  public void testMetadata() throws IOException {
    open("1", "eight", "vem");
    // after the header, the image and what is before the graph: see LmdbHnswVectorsFormat
    int field = healthy.length;
    ByteBuffer buffer = damaged();
    for (int at = 40; at < 200 && field == healthy.length; at++) { // dimension 5, 2100 vectors
      if (buffer.getInt(at) == 5 && buffer.getInt(at + 4) == 2100) {
        field = at;
      }
    }
    int blocks = field + 12;
    check(damaged().putLong(blocks, buffer.getLong(blocks) + 20), "in the metadata; found ");
    int graph = blocks + 8 + 1;
    check(damaged().putInt(graph + 8, 5), "expected largest degree 6; found 5");
    check(damaged().putLong(graph + 16, 17), "expected bytes of links ");
    int levels = buffer.getInt(graph);
    int table = graph + 24 + 4 * (levels - 1) + 1;
    check(damaged().put(table + 8, (byte) (buffer.get(table + 8) ^ 3)), " in the table; found ");
  }

  public void testDocuments() throws IOException {
    Places places = open("0", "sparse", "vec");
    assertTrue(places.firstVector > 0);
    // the bitmap of the documents has a page of its own; its first container has an array
    ByteBuffer buffer = damaged();
    int found = -1;
    for (int page = imageStart; page < healthy.length - imageStart; page += imageStart) {
      if (buffer.getShort(page + 10) == 4 && buffer.getInt(page + 16) == 12346) {
        found = page + 16;
      }
    }
    assertTrue("a bitmap on a page of its own", found > 0);
    int first = buffer.getShort(found + 16) & 0xFFFF;
    short other = (short) (first == 0 ? 1 : first - 1);
    check(
        damaged().putShort(found + 16, other),
        first == 0 ? "field sparse, documents" : "of ordinal 0 in the metadata");
  }
}
