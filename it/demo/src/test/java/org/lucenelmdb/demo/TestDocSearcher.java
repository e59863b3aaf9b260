/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FilterDirectoryReader;
import org.apache.lucene.index.FilterLeafReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.VectorUtil;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.lucenelmdb.LmdbHnswCodec;

@ThreadLeakFilters(filters = LibraryThreads.class)
public class TestDocSearcher extends LuceneTestCase {

  private static final int DOCS = 500;

  private static final int DIMENSIONS = 32;

  private static Directory directory;
  private static DirectoryReader reader;
  private static DocSearcher searcher;

  /** Kinds and packages alternate, so that each combination occurs. */
  private static ApiDoc doc(int i) {
    Kind kind = Kind.values()[i % Kind.values().length];
    String packageName = "package" + i % 5;
    String text = "the number " + i + " ".repeat(i % 13) + "e".repeat(i % 7);
    return new ApiDoc(packageName + ".Name" + i, kind, packageName, text);
  }

  /** A vector, of length 1, that depends on the counts of the text's letters. */
  private static float[] vector(String text) {
    float[] vector = new float[DIMENSIONS];
    vector[0] = 1;
    text.chars().forEach(c -> vector[c % DIMENSIONS]++);
    return VectorUtil.l2normalize(vector);
  }

  @BeforeClass
  public static void buildIndex() throws IOException {
    List<ApiDoc> docs = new ArrayList<>();
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < DOCS; i++) {
      docs.add(doc(i));
      vectors.add(vector(doc(i).embeddedText()));
    }
    PrintStream silence =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    directory = newDirectory();
    IndexBuilder.build(directory, docs, vectors, new Printer(silence));
    reader = DirectoryReader.open(directory);
    searcher = new DocSearcher(reader);
  }

  @AfterClass
  public static void closeIndex() throws IOException {
    reader.close();
    directory.close();
    searcher = null;
    reader = null;
    directory = null;
  }

  private static List<Hit> search(DocFilter filter, int k) throws IOException {
    return searcher.search(vector(doc(123).embeddedText()), filter, k);
  }

  public void testBestHitsFirst() throws IOException {
    List<Hit> hits = search(DocFilter.NONE, 20);
    assertEquals(20, hits.size());
    assertEquals(1f, hits.get(0).score(), 1e-4f);
    for (int i = 0; i < hits.size(); i++) {
      assertEquals(i + 1, hits.get(i).rank());
      assertTrue(i == 0 || hits.get(i).score() <= hits.get(i - 1).score());
    }
  }

  public void testHitsHaveAllFields() throws IOException {
    Set<ApiDoc> known =
        search(DocFilter.NONE, DOCS).stream().map(Hit::doc).collect(Collectors.toSet());
    assertEquals(DOCS, known.size());
    assertTrue(known.contains(doc(123)));
  }

  public void testFilterOnKind() throws IOException {
    for (Kind kind : Kind.values()) {
      List<Hit> hits = search(new DocFilter(kind, null), 10);
      assertEquals(10, hits.size());
      hits.forEach(hit -> assertEquals(kind, hit.doc().kind()));
    }
  }

  public void testFilterOnPackage() throws IOException {
    List<Hit> hits = search(new DocFilter(null, "package4"), DOCS);
    assertEquals(DOCS / 5, hits.size());
    hits.forEach(hit -> assertEquals("package4", hit.doc().packageName()));
  }

  public void testFilterOnBoth() throws IOException {
    List<Hit> hits = search(new DocFilter(Kind.METHOD, "package2"), 5);
    assertEquals(5, hits.size());
    for (Hit hit : hits) {
      assertEquals(Kind.METHOD, hit.doc().kind());
      assertEquals("package2", hit.doc().packageName());
    }
    assertEquals(List.of(), search(new DocFilter(Kind.METHOD, "nowhere"), 5));
  }

  public void testEvaluationComparesWithTheTruth() throws IOException {
    Evaluation evaluation = Evaluation.of(reader, 10);
    assertEquals(200, evaluation.queries());
    assertTrue("recall " + evaluation.recall(), evaluation.recall() > 0.8);
    assertTrue("recall " + evaluation.recall(), evaluation.recall() <= 1);
  }

  public void testEvaluationSeesABadSearch() throws IOException {
    Evaluation evaluation = Evaluation.of(new ForgetfulReader(reader), 10);
    assertTrue("recall " + evaluation.recall(), evaluation.recall() < 0.9);
    assertTrue("recall " + evaluation.recall(), evaluation.recall() > 0.4);
  }

  public void testStats() throws IOException {
    IndexStats stats = IndexStats.of(directory, reader);
    assertEquals(Set.of(new LmdbHnswCodec().getName()), stats.codecs());
    assertEquals(DOCS, stats.documents());
    assertEquals(DIMENSIONS, stats.dimensions());
    assertEquals(DOCS, stats.segments().stream().mapToInt(Integer::intValue).sum());
    assertEquals(DIMENSIONS * Float.BYTES, stats.rawBytesPerVector());
    assertTrue(stats.graphBytesPerVector() > 0);
    long main = stats.mainExtensions().values().stream().mapToLong(Long::longValue).sum();
    assertEquals(stats.totalBytes(), main + stats.otherBytes());
    assertTrue(stats.mainExtensions().containsKey("vec"));
  }

  public void testCleanIndexPassesTheCheck() throws IOException {
    IndexCheck.run(directory);
  }

  /** A reader whose searches miss a third of the documents. */
  private static final class ForgetfulReader extends FilterDirectoryReader {

    ForgetfulReader(DirectoryReader in) throws IOException {
      super(
          in,
          new SubReaderWrapper() {
            @Override
            public LeafReader wrap(LeafReader leaf) {
              return new ForgetfulLeafReader(leaf);
            }
          });
    }

    @Override
    protected DirectoryReader doWrapDirectoryReader(DirectoryReader in) throws IOException {
      return new ForgetfulReader(in);
    }

    @Override
    public CacheHelper getReaderCacheHelper() {
      return null;
    }
  }

  private static final class ForgetfulLeafReader extends FilterLeafReader {

    ForgetfulLeafReader(LeafReader in) {
      super(in);
    }

    @Override
    public void searchNearestVectors(
        String field, float[] target, KnnCollector collector, AcceptDocs acceptDocs)
        throws IOException {
      FixedBitSet known = new FixedBitSet(maxDoc());
      for (int doc = 0; doc < maxDoc(); doc++) {
        if (doc % 3 != 0) {
          known.set(doc);
        }
      }
      AcceptDocs accepted = AcceptDocs.fromLiveDocs(known, maxDoc());
      super.searchNearestVectors(field, target, collector, accepted);
    }

    @Override
    public CacheHelper getCoreCacheHelper() {
      return null;
    }

    @Override
    public CacheHelper getReaderCacheHelper() {
      return null;
    }
  }
}
