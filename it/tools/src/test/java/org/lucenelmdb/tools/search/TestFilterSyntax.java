/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.tools.index.IndexException;

/** Filters on terms, points of all types, and doc values. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestFilterSyntax extends LuceneTestCase {

  public void testFilters() throws IOException {
    Path path =
        TestIndex.of(200, VectorSimilarityFunction.EUCLIDEAN, id -> new float[] {id, 1})
            .write(createTempDir());
    try (Directory directory = TestIndex.open(path);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      IndexSearcher searcher = newSearcher(reader);
      assertEquals(40, count(searcher, "color:red"));
      assertEquals(11, count(searcher, "int:[10 TO 20]"));
      assertEquals(21, count(searcher, "int:[* TO 20]"));
      assertEquals(1, count(searcher, "int:17"));
      assertEquals(100, count(searcher, "long:[5000000100 TO *]"));
      assertEquals(5, count(searcher, "float:[1.25 TO 2.25]"));
      assertEquals(5, count(searcher, "float:[1 TO 2]")); // by the stored values
      assertEquals(9, count(searcher, "double:[1.125 TO 2.125]"));
      assertEquals(9, count(searcher, "double:[ 1 TO 2 ]"));
      assertEquals(51, count(searcher, "number:[100 TO 150]"));
      assertEquals(1, count(searcher, "number:3"));
      for (String wrong : new String[] {"none:1", "int:[a TO b]", "color:[1 TO 2]", "v:1", "x"}) {
        expectThrows(IndexException.class, () -> count(searcher, wrong));
      }
    }
  }

  private static int count(IndexSearcher searcher, String filter) throws IOException {
    return searcher.count(FilterSyntax.parse(filter, searcher.getIndexReader()));
  }
}
