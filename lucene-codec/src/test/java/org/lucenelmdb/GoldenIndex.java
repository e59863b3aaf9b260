/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;

/** The indexes that were written by earlier versions of the format, and kept as resources. */
enum GoldenIndex {
  VERSION_0(
      0,
      70,
      List.of(
          new GoldenField("sparse", true, GoldenField.EUCLIDEAN, 3, true, 0),
          new GoldenField("bytes", false, GoldenField.COSINE, 3, false, 0))),
  VERSION_1(
      1,
      70,
      List.of(
          new GoldenField("sparse", true, GoldenField.EUCLIDEAN, 3, true, 0),
          new GoldenField("bytes", false, GoldenField.COSINE, 3, false, 8),
          new GoldenField("one", true, GoldenField.EUCLIDEAN, 13, true, 1),
          new GoldenField("two", true, GoldenField.MAXIMUM_INNER_PRODUCT, 10, false, 2),
          new GoldenField("hamming", false, GoldenField.HAMMING, 4, false, 0),
          new GoldenField("manhattan", true, GoldenField.MANHATTAN, 11, true, 2),
          new GoldenField("four", true, GoldenField.COSINE, 9, false, 4),
          new GoldenField("eight", true, GoldenField.EUCLIDEAN, 5, false, 8),
          new GoldenField("oneBytes", false, GoldenField.EUCLIDEAN, 20, false, 1),
          new GoldenField("manhattanBytes", false, GoldenField.MANHATTAN, 6, false, 8))),
  VERSION_2(
      2,
      140,
      List.of(
          new GoldenField("sparse", true, GoldenField.EUCLIDEAN, 3, true, 0),
          new GoldenField("bytes", false, GoldenField.COSINE, 3, false, 8),
          new GoldenField("clusters", true, GoldenField.EUCLIDEAN, 8, false, 1), // has centroids
          new GoldenField("one", true, GoldenField.EUCLIDEAN, 13, true, 1),
          new GoldenField("two", true, GoldenField.MAXIMUM_INNER_PRODUCT, 10, false, 2),
          new GoldenField("hamming", false, GoldenField.HAMMING, 4, false, 0),
          new GoldenField("manhattan", true, GoldenField.MANHATTAN, 11, true, 2),
          new GoldenField("four", true, GoldenField.COSINE, 70, false, 4),
          new GoldenField("eight", true, GoldenField.EUCLIDEAN, 5, false, 8),
          new GoldenField("oneBytes", false, GoldenField.EUCLIDEAN, 20, false, 1),
          new GoldenField("manhattanBytes", false, GoldenField.MANHATTAN, 6, false, 8))),
  VERSION_3(
      3,
      2100, // enough for recall curves, except in sparse fields
      List.of(
          new GoldenField("sparse", true, GoldenField.EUCLIDEAN, 3, true, 0),
          new GoldenField("bytes", false, GoldenField.COSINE, 3, false, 0),
          new GoldenField("one", true, GoldenField.EUCLIDEAN, 13, true, 1),
          new GoldenField("eight", true, GoldenField.EUCLIDEAN, 5, false, 8))),
  VERSION_4( // differs from version 3 by checksums
      4,
      2100,
      List.of(
          new GoldenField("sparse", true, GoldenField.EUCLIDEAN, 3, true, 0),
          new GoldenField("bytes", false, GoldenField.COSINE, 3, false, 0),
          new GoldenField("one", true, GoldenField.EUCLIDEAN, 13, true, 1),
          new GoldenField("eight", true, GoldenField.EUCLIDEAN, 5, false, 8)));

  /** The index of the current version. */
  static final GoldenIndex NEWEST = VERSION_4;

  /** The target recall of fields with 8 bits. */
  static final float TARGET_RECALL = 0.9f;

  final int version;
  final int docs;
  final Map<String, GoldenField> fields = new TreeMap<>();

  GoldenIndex(int version, int docs, List<GoldenField> fields) {
    this.version = version;
    this.docs = docs;
    for (GoldenField field : fields) {
      this.fields.put(field.name(), field);
    }
  }

  /** Copies the files of the resource into a directory. */
  Directory open() throws IOException {
    Directory directory = new ByteBuffersDirectory();
    String resource = "golden-version-" + version + ".zip";
    try (InputStream in = GoldenIndex.class.getResourceAsStream(resource);
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        try (IndexOutput out = directory.createOutput(entry.getName(), IOContext.DEFAULT)) {
          byte[] bytes = zip.readAllBytes();
          out.writeBytes(bytes, bytes.length);
        }
      }
    }
    return directory;
  }

  /**
   * Writes the newest index with the current format. Fields with the same number of bits share
   * their files; the HAMMING field is stored with those of 2 bits.
   */
  static void write(Directory directory) throws IOException {
    Map<Integer, KnnVectorsFormat> formats = new HashMap<>();
    for (int bits : new int[] {0, 1, 2, 4, 8}) {
      formats.put(
          bits,
          new LmdbHnswVectorsFormat(
              LmdbHnswOptions.DEFAULT
                  .withMaxConn(3)
                  .withBeamWidth(20)
                  .withTinySegmentsThreshold(0)
                  .withTargetRecall(bits == 8 ? TARGET_RECALL : LmdbHnswOptions.AUTO)
                  .withCodeBits(bits)));
    }
    LmdbHnswCodec codec =
        new LmdbHnswCodec() {
          @Override
          public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
            GoldenField spec = NEWEST.fields.get(field);
            return formats.get(spec.metric() == GoldenField.HAMMING ? 2 : spec.bits());
          }
        };
    IndexWriterConfig config = new IndexWriterConfig().setCodec(codec).setUseCompoundFile(false);
    config.getMergePolicy().setNoCFSRatio(0);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int doc = 0; doc < NEWEST.docs; doc++) {
        Document document = new Document();
        document.add(new StoredField("id", doc));
        for (GoldenField field : NEWEST.fields.values()) {
          if (field.vector(doc) != null) {
            document.add(field.field(doc));
          }
        }
        writer.addDocument(document);
      }
      writer.forceMerge(1);
    }
  }
}
