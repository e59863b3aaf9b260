/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.IndexInput;
import org.lucenelmdb.tools.index.IndexFolder;
import org.lucenelmdb.tools.index.SegmentField;

/** Changes a segment so that no node links to a given one, as no build does. */
final class UnlinkedNode {

  private static final int ARRAY_COOKIE = 12346;
  private static final int HEADER_BYTES = 16; // of a bitmap with one container

  private UnlinkedNode() {}

  /**
   * Replaces all links to a node on level 0 by others. The only segment has fewer than 65,536
   * vectors, and no compound file.
   *
   * @return whether it was possible: the node is not above level 0, and all lists are arrays
   */
  static boolean unlink(Path index, String name, int doc) throws IOException {
    List<Integer> inLinks;
    int node;
    long[] positions;
    try (IndexFolder folder = IndexFolder.open(index);
        DirectoryReader reader = folder.reader()) {
      SegmentField field = folder.fields(reader, name).get(0);
      GraphLinks links = new GraphLinks(field);
      node = links.node(ExplainTestCase.ordinal(field.leaf(), doc));
      if (links.level(node) > 0) {
        return false;
      }
      inLinks = links.inLinks(node);
      IndexInput meta = field.segment().metadata().clone();
      meta.seek(0);
      CodecUtil.readIndexHeader(meta);
      long image = meta.readLong();
      positions = new long[inLinks.size()];
      for (int i = 0; i < positions.length; i++) {
        long address =
            field.field().graph().addresses().open(field.segment().metadata()).get(inLinks.get(i));
        positions[i] = image + 2 * address;
      }
    }
    Path file;
    try (Stream<Path> files = Files.list(index)) {
      file = files.filter(path -> path.toString().endsWith(".vec")).findFirst().orElseThrow();
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < positions.length; i++) {
      int at = Math.toIntExact(positions[i]);
      if (bytes.getInt(at) != ARRAY_COOKIE || bytes.getInt(at + 4) != 1) {
        return false;
      }
      int count = (bytes.getShort(at + 10) & 0xFFFF) + 1;
      TreeSet<Integer> links = new TreeSet<>();
      for (int link = 0; link < count; link++) {
        links.add(bytes.getShort(at + HEADER_BYTES + 2 * link) & 0xFFFF);
      }
      if (links.remove(node) == false) {
        throw new AssertionError("no link from " + inLinks.get(i) + " to " + node);
      }
      for (int other = 0; links.size() < count; other++) {
        if (other != node && other != inLinks.get(i)) {
          links.add(other);
        }
      }
      int position = at + HEADER_BYTES;
      for (int link : links) {
        bytes.putShort(position, (short) link);
        position += 2;
      }
    }
    CRC32 checksum = new CRC32();
    checksum.update(bytes.array(), 0, bytes.capacity() - Long.BYTES);
    bytes.order(ByteOrder.BIG_ENDIAN).putLong(bytes.capacity() - Long.BYTES, checksum.getValue());
    Files.write(file, bytes.array());
    return true;
  }
}
