/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/**
 * Reads indexes of the format's versions 0 to 4 through Lucene and as the javadoc of {@link
 * LmdbHnswVectorsFormat} specifies them, and does the same with a new index.
 *
 * <p>The indexes are resources. To create one for a new version, run this test with {@code
 * -Dtests.golden.write=FILE.zip}.
 */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestGoldenSegment extends LuceneTestCase {

  public void testWriteGolden() throws IOException {
    String file = System.getProperty("tests.golden.write");
    assumeTrue("only on request", file != null);
    try (Directory directory = new ByteBuffersDirectory();
        ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(Path.of(file)))) {
      GoldenIndex.write(directory);
      for (String name : directory.listAll()) {
        if (name.equals(IndexWriter.WRITE_LOCK_NAME) == false) {
          zip.putNextEntry(new ZipEntry(name));
          zip.write(bytes(directory, name));
        }
      }
    }
  }

  public void testGoldenThroughLucene() throws Exception {
    for (GoldenIndex golden : GoldenIndex.values()) {
      try (Directory directory = golden.open()) {
        TestUtil.checkIndex(directory);
        checkThroughLucene(directory, golden);
      }
    }
  }

  public void testGoldenBySpecification() throws Exception {
    for (GoldenIndex golden : GoldenIndex.values()) {
      try (Directory directory = golden.open()) {
        SpecifiedFormat.check(directory, golden);
      }
    }
  }

  public void testCurrentBySpecification() throws Exception {
    assertEquals(LmdbHnswVectorsFormat.VERSION_CURRENT, GoldenIndex.NEWEST.version);
    try (Directory directory = new ByteBuffersDirectory()) {
      GoldenIndex.write(directory);
      checkThroughLucene(directory, GoldenIndex.NEWEST);
      SpecifiedFormat.check(directory, GoldenIndex.NEWEST);
    }
  }

  /** Segments of all versions are merged into one of the current version. */
  public void testMerge() throws Exception {
    for (GoldenIndex golden : GoldenIndex.values()) {
      try (Directory directory = golden.open()) {
        IndexWriterConfig config = new IndexWriterConfig().setCodec(new LmdbHnswCodec());
        try (IndexWriter writer = new IndexWriter(directory, config)) {
          Document document = new Document();
          for (GoldenField field : golden.fields.values()) {
            document.add(field.field(0));
          }
          writer.addDocument(document);
          writer.forceMerge(1);
        }
        TestUtil.checkIndex(directory);
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          LeafReader leaf = getOnlyLeafReader(reader);
          for (GoldenField field : golden.fields.values()) {
            checkValues(leaf, field, golden.docs, golden.docs + 1);
          }
        }
      }
    }
  }

  private static void checkThroughLucene(Directory directory, GoldenIndex golden)
      throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      LeafReader leaf = getOnlyLeafReader(reader);
      for (GoldenField field : golden.fields.values()) {
        checkValues(leaf, field, golden.docs, golden.docs);
        for (int target = 0; target < golden.docs; target += 13) {
          if (field.vector(target) != null) {
            checkSearch(reader, field, target);
          }
        }
      }
    }
  }

  /**
   * Checks all vectors.
   *
   * @param written the number of documents in the golden index; documents after them repeat the
   *     first
   */
  private static void checkValues(LeafReader leaf, GoldenField field, int written, int docs)
      throws IOException {
    FloatVectorValues floats = field.isFloat() ? leaf.getFloatVectorValues(field.name()) : null;
    ByteVectorValues bytes = field.isFloat() ? null : leaf.getByteVectorValues(field.name());
    KnnVectorValues.DocIndexIterator iterator = (field.isFloat() ? floats : bytes).iterator();
    for (int doc = 0; doc < docs; doc++) {
      int vectorOf = doc % written;
      if (field.vector(vectorOf) != null) {
        assertEquals(doc, iterator.nextDoc());
        if (field.isFloat()) {
          assertArrayEquals(field.vector(vectorOf), floats.vectorValue(iterator.index()), 0);
        } else {
          assertArrayEquals(field.bytes(vectorOf), bytes.vectorValue(iterator.index()));
        }
      }
    }
    assertEquals(DocIdSetIterator.NO_MORE_DOCS, iterator.nextDoc());
  }

  /** Searches for a document's own vector. */
  private static void checkSearch(DirectoryReader reader, GoldenField field, int target)
      throws IOException {
    LeafReader leaf = getOnlyLeafReader(reader);
    VectorScorer scorer =
        field.isFloat()
            ? leaf.getFloatVectorValues(field.name()).scorer(field.vector(target))
            : leaf.getByteVectorValues(field.name()).scorer(field.bytes(target));
    float[] scores = new float[leaf.maxDoc()];
    float best = 0;
    DocIdSetIterator docs = scorer.iterator();
    for (int doc = docs.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = docs.nextDoc()) {
      scores[doc] = scorer.score();
      best = Math.max(best, scores[doc]);
    }
    int k = 10; // a smaller k may miss it, since nodes have only 3 to 6 neighbors
    LmdbHnswSearchStrategy strategy =
        LmdbHnswSearchStrategy.DEFAULT.withOversampling(10); // codes of 1 bit are poor
    TopDocs hits =
        new IndexSearcher(reader)
            .search(
                field.isFloat()
                    ? new KnnFloatVectorQuery(field.name(), field.vector(target), k, null, strategy)
                    : new KnnByteVectorQuery(field.name(), field.bytes(target), k, null, strategy),
                k);
    assertEquals(k, hits.scoreDocs.length);
    assertEquals(field + ", document " + target, best, hits.scoreDocs[0].score, 1e-5f * best);
    for (ScoreDoc hit : hits.scoreDocs) {
      assertEquals(scores[hit.doc], hit.score, 1e-5f * best);
    }
  }

  static byte[] bytes(Directory directory, String name) throws IOException {
    try (IndexInput in = directory.openInput(name, IOContext.READONCE)) {
      byte[] bytes = new byte[(int) in.length()];
      in.readBytes(bytes, 0, bytes.length);
      return bytes;
    }
  }
}
