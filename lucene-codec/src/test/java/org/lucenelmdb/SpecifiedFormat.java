/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.junit.Assert;
import org.lucenelmdb.internal.store.LmdbFile;

/**
 * Reads the files of a segment as the javadoc of {@link LmdbHnswVectorsFormat} specifies them,
 * without the format's own code, and compares all of their content with what was indexed.
 */
final class SpecifiedFormat {

  private SpecifiedFormat() {}

  /** Reads Lucene's index header, which is big-endian. */
  private static void header(ByteBuffer file, String codec, int version, String expectedSuffix) {
    file.order(BIG_ENDIAN);
    Assert.assertEquals(CodecUtil.CODEC_MAGIC, file.getInt());
    byte[] name = new byte[file.get()];
    file.get(name);
    Assert.assertEquals(codec, new String(name, StandardCharsets.UTF_8));
    Assert.assertEquals(version, file.getInt());
    file.position(file.position() + 16); // the segment's id
    byte[] suffix = new byte[file.get()];
    file.get(suffix);
    Assert.assertEquals(expectedSuffix, new String(suffix, StandardCharsets.UTF_8));
    file.order(LITTLE_ENDIAN);
  }

  /** Checks the files of an index with one segment. */
  static void check(Directory directory, GoldenIndex golden) throws IOException {
    List<String> found = new ArrayList<>();
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      for (String name : directory.listAll()) {
        if (name.endsWith(".vec")) {
          String prefix = name.substring(0, name.length() - "vec".length());
          ByteBuffer vec =
              ByteBuffer.wrap(TestGoldenSegment.bytes(directory, name)).order(LITTLE_ENDIAN);
          ByteBuffer vem =
              ByteBuffer.wrap(TestGoldenSegment.bytes(directory, prefix + "vem"))
                  .order(LITTLE_ENDIAN);
          String suffix = prefix.substring(prefix.indexOf('_', 1) + 1, prefix.length() - 1);
          header(vec, "LmdbHnswVectorsImage", golden.version, suffix);
          header(vem, "LmdbHnswVectorsMeta", golden.version, suffix);
          found.addAll(check(vec, vem, golden, LuceneTestCase.getOnlyLeafReader(reader)));
        }
      }
    }
    found.sort(null);
    Assert.assertEquals(List.copyOf(golden.fields.keySet()), found);
  }

  /**
   * Checks two files, from the end of their headers to their last byte.
   *
   * @return the names of their fields
   */
  private static List<String> check(
      ByteBuffer vec, ByteBuffer vem, GoldenIndex golden, LeafReader leaf) throws IOException {
    long offset = vem.getLong();
    long length = vem.getLong();
    while (vec.position() < offset) {
      Assert.assertEquals(0, vec.get());
    }
    Assert.assertEquals(vec.limit() - CodecUtil.footerLength(), offset + length);
    ByteBuffer image = vec.slice((int) offset, (int) length).order(LITTLE_ENDIAN);
    int pageSize = image.getInt(16 + 24); // md_pad in LMDB's meta page
    Assert.assertEquals(0, offset % pageSize);
    Assert.assertEquals(0, length % pageSize);
    Map<String, Map<String, byte[]>> databases = readWithLmdb(image);

    List<String> names = new ArrayList<>();
    for (int number = vem.getInt(); number != -1; number = vem.getInt()) {
      String name = leaf.getFieldInfos().fieldInfo(number).name;
      GoldenField spec = golden.fields.get(name);
      KnnVectorsReader reader =
          ((PerFieldKnnVectorsFormat.FieldsReader) ((CodecReader) leaf).getVectorReader())
              .getFieldReader(name);
      new SpecifiedField(vem, image, databases, names.size(), spec, golden.docs)
          .check(golden.version, ((HnswGraphProvider) reader).getGraph(name));
      names.add(name);
    }
    if (golden.version > 2) {
      for (String name : names) {
        checkRecall(vem, golden.fields.get(name), leaf);
      }
    }
    if (golden.version > 3) {
      checkChecksums(vem, image);
    }
    Assert.assertEquals(vem.limit() - CodecUtil.footerLength(), vem.position());
    for (Map.Entry<String, Map<String, byte[]>> database : databases.entrySet()) {
      Assert.assertEquals(database.getKey(), Map.of(), database.getValue());
    }
    return names;
  }

  private static void checkChecksums(ByteBuffer vem, ByteBuffer image) {
    CRC32C checksum = new CRC32C();
    for (int start = 0; start < image.limit(); start += 65_536) {
      checksum.reset();
      checksum.update(image.slice(start, Math.min(65_536, image.limit() - start)));
      Assert.assertEquals("block at " + start, (int) checksum.getValue(), vem.getInt());
    }
    checksum.reset();
    checksum.update(vem.slice(0, vem.position()));
    Assert.assertEquals((int) checksum.getValue(), vem.getInt());
  }

  private static void checkRecall(ByteBuffer vem, GoldenField spec, LeafReader leaf)
      throws IOException {
    Assert.assertEquals(spec.bits() == 8 ? GoldenIndex.TARGET_RECALL : 0, vem.getFloat(), 0);
    int points = vem.get();
    // sparse fields had too few vectors for a curve when older golden indexes were written
    Assert.assertTrue(spec.name(), points > 0 || spec.sparse());
    float effort = 0;
    float tolerance = Float.POSITIVE_INFINITY;
    for (int point = 0; point < points; point++) {
      float before = effort;
      effort = vem.getFloat();
      Assert.assertTrue("" + effort, effort >= before && effort > 0);
      float toleranceBefore = tolerance;
      tolerance = vem.getFloat();
      Assert.assertTrue("" + tolerance, tolerance <= toleranceBefore && tolerance > 0);
      for (int k : new int[] {10, 100}) {
        float recall = vem.getFloat();
        Assert.assertTrue("" + recall, recall >= 0 && recall <= 1);
        float expandedNodes = vem.getFloat();
        Assert.assertTrue(
            "" + expandedNodes, expandedNodes > 0 && expandedNodes * k <= leaf.maxDoc());
      }
    }
  }

  /** Reads the records of each database by their keys in hexadecimal, with LMDB. */
  private static Map<String, Map<String, byte[]>> readWithLmdb(ByteBuffer image)
      throws IOException {
    byte[] bytes = new byte[image.remaining()];
    image.get(0, bytes);
    Map<String, Map<String, byte[]>> databases = new TreeMap<>();
    try (LmdbFile file = LmdbFile.open(bytes)) {
      for (String name : file.databases()) {
        Assert.assertTrue(
            name, List.of("codes", "docs", "levels", "links", "vectors").contains(name));
        Map<String, byte[]> records = new TreeMap<>();
        for (LmdbFile.Entry entry : file.entries(name)) {
          records.put(HexFormat.of().formatHex(entry.key()), entry.value());
        }
        databases.put(name, records);
      }
    }
    return databases;
  }
}
