/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.Bits;
import org.junit.Assert;

/** Documents whose vectors are derived from their ID, so that a test can verify a whole index. */
final class VerifiableIndex {

  /** 128 float vectors are a full block. */
  static final int DIMENSION = 512;

  private VerifiableIndex() {}

  static float[] floats(int id) {
    Random random = new Random(id);
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = 0.01f + random.nextFloat();
    }
    return vector;
  }

  private static byte[] bytes(int id) {
    byte[] vector = new byte[8];
    new Random(id).nextBytes(vector);
    vector[0] |= 1;
    return vector;
  }

  private static boolean hasBytes(int id) {
    return id % 3 != 0;
  }

  static Document document(int id) {
    Document document = new Document();
    document.add(new StringField("id", "" + id, Field.Store.NO));
    document.add(new NumericDocValuesField("number", id));
    document.add(new NumericDocValuesField("order", id * 0x9E3779B97F4A7C15L >>> 40));
    document.add(new KnnFloatVectorField("floats", floats(id), VectorSimilarityFunction.EUCLIDEAN));
    if (hasBytes(id)) {
      document.add(new KnnByteVectorField("bytes", bytes(id), VectorSimilarityFunction.COSINE));
    }
    return document;
  }

  static IndexWriterConfig config(Random random) {
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT
            .withMaxConn(4)
            .withBeamWidth(8)
            .withTinySegmentsThreshold(random.nextInt(4) == 0 ? 100 : 0)
            .withCodeBits(new int[] {LmdbHnswOptions.AUTO, 0, 1, 2, 4, 8}[random.nextInt(6)]);
    return new IndexWriterConfig()
        .setCodec(new LmdbHnswCodec(options))
        .setMergeScheduler(new SerialMergeScheduler())
        .setUseCompoundFile(random.nextBoolean());
  }

  /** A config with the sort of the existing index, which must not change. */
  static IndexWriterConfig config(Random random, Directory directory) throws IOException {
    return sorted(
        config(random), SegmentInfos.readLatestCommit(directory).info(0).info.getIndexSort());
  }

  static IndexWriterConfig sorted(IndexWriterConfig config, Sort sort) {
    return sort == null ? config : config.setIndexSort(sort);
  }

  /** Reads the index, verifies all vectors, and returns the IDs of live documents. */
  static Set<Integer> read(Directory directory) throws IOException {
    Set<Integer> ids = new TreeSet<>();
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext context : reader.leaves()) {
        CodecReader leaf = (CodecReader) context.reader();
        leaf.checkIntegrity();
        Bits live = leaf.getLiveDocs();
        NumericDocValues numbers = leaf.getNumericDocValues("number");
        int[] numberOfDoc = new int[leaf.maxDoc()];
        for (int doc = 0; doc < leaf.maxDoc(); doc++) {
          // a document that was rejected while it was indexed exists, but is deleted
          boolean isLive = live == null || live.get(doc);
          numberOfDoc[doc] = numbers.advanceExact(doc) ? (int) numbers.longValue() : -1;
          if (isLive) {
            Assert.assertTrue("" + numberOfDoc[doc], numberOfDoc[doc] >= 0);
            Assert.assertTrue("duplicate document: " + numberOfDoc[doc], ids.add(numberOfDoc[doc]));
          }
        }
        Set<Integer> missing = new TreeSet<>(ids(numberOfDoc, live));
        FloatVectorValues floats = leaf.getFloatVectorValues("floats");
        KnnVectorValues.DocIndexIterator iterator = floats.iterator();
        for (int doc = iterator.nextDoc();
            doc != DocIdSetIterator.NO_MORE_DOCS;
            doc = iterator.nextDoc()) {
          float[] expected = floats(numberOfDoc[doc]);
          Assert.assertArrayEquals(expected, floats.vectorValue(iterator.index()), 0f);
          missing.remove(numberOfDoc[doc]);
          if (doc % 16 == 0) {
            assertFound(leaf, expected, doc);
          }
        }
        Assert.assertEquals(Set.of(), missing);
        missing.addAll(ids(numberOfDoc, live));
        missing.removeIf(id -> hasBytes(id) == false);
        ByteVectorValues bytes = leaf.getByteVectorValues("bytes");
        if (bytes != null) {
          iterator = bytes.iterator();
          for (int doc = iterator.nextDoc();
              doc != DocIdSetIterator.NO_MORE_DOCS;
              doc = iterator.nextDoc()) {
            Assert.assertArrayEquals(bytes(numberOfDoc[doc]), bytes.vectorValue(iterator.index()));
            missing.remove(numberOfDoc[doc]);
          }
        }
        Assert.assertEquals(Set.of(), missing);
      }
    }
    return ids;
  }

  private static Set<Integer> ids(int[] numberOfDoc, Bits live) {
    Set<Integer> ids = new TreeSet<>();
    for (int doc = 0; doc < numberOfDoc.length; doc++) {
      if (live == null || live.get(doc)) {
        ids.add(numberOfDoc[doc]);
      }
    }
    return ids;
  }

  private static void assertFound(CodecReader leaf, float[] target, int doc) throws IOException {
    Bits live = leaf.getLiveDocs();
    AcceptDocs accept = AcceptDocs.fromLiveDocs(live, leaf.maxDoc());
    TopDocs top = leaf.searchNearestVectors("floats", target, leaf.maxDoc(), accept, 1 << 30);
    Set<Integer> found = new HashSet<>();
    for (ScoreDoc hit : top.scoreDocs) {
      found.add(hit.doc);
    }
    Assert.assertEquals(live == null || live.get(doc), found.contains(doc));
  }
}
