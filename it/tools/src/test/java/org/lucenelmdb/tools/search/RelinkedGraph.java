/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.junit.Assert;
import org.lucenelmdb.internal.graph.GraphGeometry;
import org.lucenelmdb.internal.graph.LinksInput;
import org.lucenelmdb.tools.index.IndexFolder;
import org.lucenelmdb.tools.index.SegmentField;

/**
 * Changes the links of the only segment of an index, in place. A list keeps its number of
 * neighbors, and with fewer than 65,536 nodes thereby its length: it is a Roaring bitmap of one
 * container, whose values are 16 bytes after its start.
 */
public final class RelinkedGraph {

  private static final int VALUES_OFFSET = 16;
  private static final int FOOTER_BYTES = CodecUtil.footerLength();

  private RelinkedGraph() {}

  /** Returns the new neighbors of a node, as many as the old ones. */
  @FunctionalInterface
  public interface Links {
    TreeSet<Integer> of(int node, TreeSet<Integer> old);
  }

  /** Changes the links of level 0, and gives the nodes of higher levels the entry as neighbor. */
  public static void relink(Path index, boolean isUpper, Links links) throws IOException {
    Path file = file(index, ".vec");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    long offset = imageOffset(index);
    try (IndexFolder folder = IndexFolder.open(index);
        DirectoryReader reader = folder.reader()) {
      SegmentField segment = folder.fields(reader, "v").getFirst();
      GraphGeometry graph = segment.field().graph();
      Assert.assertTrue(graph.size() < 1 << Character.SIZE);
      LinksInput input =
          new LinksInput(
              graph,
              segment.segment().image().clone(),
              segment.segment().pageSize(),
              segment.segment().metadata().clone());
      var addresses = graph.addresses().open(segment.segment().metadata().clone());
      int[] neighbors = new int[graph.maxDegree()];
      int record = 0;
      for (int level = 0; level < (isUpper ? graph.levels() : 1); level++) {
        int count = level == 0 ? graph.size() : graph.nodesByLevel()[level].length;
        for (int i = 0; i < count; i++) {
          int node = level == 0 ? i : graph.nodesByLevel()[level][i];
          TreeSet<Integer> old = new TreeSet<>();
          for (int n = input.read(level, node, neighbors) - 1; n >= 0; n--) {
            old.add(neighbors[n]);
          }
          int at = (int) (offset + (addresses.get(record++) << 1)) + VALUES_OFFSET;
          TreeSet<Integer> changed = links.of(node, old);
          Assert.assertEquals(old.size(), changed.size());
          for (int value : old) { // the record is where it is expected
            Assert.assertEquals(value, Short.toUnsignedInt(bytes.getShort(at)));
            bytes.putShort(at, changed.pollFirst().shortValue());
            at += Short.BYTES;
          }
        }
      }
    }
    CRC32 checksum = new CRC32();
    checksum.update(bytes.array(), 0, bytes.capacity() - Long.BYTES);
    bytes.order(ByteOrder.BIG_ENDIAN).putLong(bytes.capacity() - Long.BYTES, checksum.getValue());
    Assert.assertTrue(bytes.capacity() > FOOTER_BYTES);
    Files.write(file, bytes.array());
  }

  private static Path file(Path index, String extension) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(index, "*" + extension)) {
      return files.iterator().next();
    }
  }

  private static long imageOffset(Path index) throws IOException {
    try (Directory directory = TestIndex.open(index);
        IndexInput meta =
            directory.openInput(file(index, ".vem").getFileName().toString(), IOContext.DEFAULT)) {
      CodecUtil.readIndexHeader(meta);
      return meta.readLong();
    }
  }
}
