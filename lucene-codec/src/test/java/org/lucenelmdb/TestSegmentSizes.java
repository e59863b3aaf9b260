/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.List;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.internal.store.ImageWriter;

/** The files of small segments are little larger than their vectors. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestSegmentSizes extends LuceneTestCase {

  private static final int DIMENSION = 384;
  private static final int VECTOR_BYTES = DIMENSION * Float.BYTES;

  /** The page size of images in small segments. */
  private static final int SMALL_PAGE = 512;

  /** Two meta pages, and the roots of two databases. */
  private static final int SMALL_IMAGE = 4 * SMALL_PAGE;

  /** The header of the .vec file, which is padded to a page, and its footer. */
  private static final int ENDS = SMALL_PAGE + CodecUtil.footerLength();

  /** A bound on the length of a .vem file with one field. */
  private static final int META = 200;

  private final Directory directory = new ByteBuffersDirectory();

  @Override
  public void tearDown() throws Exception {
    directory.close();
    super.tearDown();
  }

  private static IndexWriterConfig config() {
    return new IndexWriterConfig()
        .setCodec(new LmdbHnswCodec())
        .setUseCompoundFile(false)
        .setMergePolicy(NoMergePolicy.INSTANCE);
  }

  /** Adds documents with a vector in each of the given fields. */
  private static void add(IndexWriter writer, int docs, List<String> fields) throws IOException {
    for (int i = 0; i < docs; i++) {
      Document document = new Document();
      for (String field : fields) {
        float[] vector = new float[DIMENSION];
        for (int j = 0; j < DIMENSION; j++) {
          vector[j] = (float) random().nextGaussian();
        }
        document.add(new KnnFloatVectorField(field, vector, VectorSimilarityFunction.EUCLIDEAN));
      }
      writer.addDocument(document);
    }
  }

  private void write(int segments, int docs, String... fields) throws IOException {
    try (IndexWriter writer = new IndexWriter(directory, config())) {
      for (int i = 0; i < segments; i++) {
        add(writer, docs, List.of(fields));
        writer.flush();
      }
    }
  }

  private long bytes(String extension) throws IOException {
    long bytes = 0;
    for (String file : directory.listAll()) {
      bytes += file.endsWith("." + extension) ? directory.fileLength(file) : 0;
    }
    return bytes;
  }

  /** Checks that a search finds all vectors of a field. */
  private void checkSearch(String field, int docs) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      IndexSearcher searcher = newSearcher(reader);
      float[] query = new float[DIMENSION];
      ScoreDoc[] found = searcher.search(new KnnFloatVectorQuery(field, query, 600), 600).scoreDocs;
      assertEquals(docs, found.length);
    }
  }

  public void testOneDocument() throws IOException {
    write(1, 1, "v");
    // blocks are aligned to the vector's length: the first multiple after the meta pages
    long image = 2 * VECTOR_BYTES + VECTOR_BYTES;
    assertEquals(ENDS + image, bytes("vec"));
    assertTrue("" + bytes("vem"), bytes("vem") < META);
    checkSearch("v", 1);
  }

  public void testTwentyDocuments() throws IOException {
    write(1, 20, "v");
    long most = ENDS + SMALL_IMAGE + 20L * VECTOR_BYTES + VECTOR_BYTES + SMALL_PAGE;
    assertTrue("" + bytes("vec"), bytes("vec") < most);
    checkSearch("v", 20);
  }

  /** A segment with large pages. */
  public void testManyDocuments() throws IOException {
    write(1, 500, "v");
    assertTrue("" + bytes("vec"), bytes("vec") < 500 * VECTOR_BYTES * 1.06 + largePages(4));
    checkSearch("v", 500);
  }

  private static long largePages(int pages) throws IOException {
    try (Directory other = new ByteBuffersDirectory();
        ImageWriter image = ImageWriter.create(other, "sizes")) {
      return Math.max(0, image.pageSize() - 4096) * (long) pages;
    }
  }

  public void testManySegments() throws IOException {
    int segments = TEST_NIGHTLY ? 500 : 100;
    write(segments, 1, "v");
    assertTrue("" + bytes("vec"), bytes("vec") <= (long) segments * (ENDS + 3 * VECTOR_BYTES));
    assertTrue("" + bytes("vem"), bytes("vem") < (long) segments * META);
    checkSearch("v", segments);
  }

  /** Fields share all pages except those of vectors, and are committed together. */
  public void testFields() throws IOException {
    write(1, 1, "u", "v", "w");
    long most = ENDS + SMALL_IMAGE + 3 * (2L * VECTOR_BYTES + SMALL_PAGE);
    assertTrue("" + bytes("vec"), bytes("vec") <= most);
    for (String field : List.of("u", "v", "w")) {
      checkSearch(field, 1);
    }
  }

  /** A sparse field stores its documents in a database of its own. */
  public void testSparseField() throws IOException {
    try (IndexWriter writer = new IndexWriter(directory, config())) {
      add(writer, 1, List.of("v"));
      add(writer, 100_000, List.of());
    }
    long most = ENDS + SMALL_IMAGE + SMALL_PAGE + 2L * VECTOR_BYTES + SMALL_PAGE;
    assertTrue("" + bytes("vec"), bytes("vec") <= most);
    checkSearch("v", 1);
  }

  /**
   * Merges choose small pages from an upper bound of the vector count, before they read vectors.
   */
  public void testMerges() throws IOException {
    write(20, 1, "v");
    IndexWriterConfig config = config();
    TieredMergePolicy policy = new TieredMergePolicy();
    policy.setNoCFSRatio(0);
    config.setMergePolicy(policy);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      writer.forceMerge(1);
    }
    long bytes = bytes("vec");
    assertTrue("" + bytes, bytes > 20L * VECTOR_BYTES);
    long most = ENDS + SMALL_IMAGE + 20L * VECTOR_BYTES + VECTOR_BYTES + SMALL_PAGE;
    assertTrue("" + bytes, bytes < most);
    checkSearch("v", 20);
  }
}
