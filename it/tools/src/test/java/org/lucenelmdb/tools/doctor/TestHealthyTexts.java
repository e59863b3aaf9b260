/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.lucenelmdb.LmdbHnswFieldTypes;
import org.lucenelmdb.tools.search.SourceTexts;
import org.lucenelmdb.tools.search.TestIndex;

/** Real data: Lucene's sources. Nothing is wrong with these indexes. */
public class TestHealthyTexts extends DiagnosisTestCase {

  private static final int PIECES = 3_000;

  private void assertHealthy(TestIndex index) throws IOException {
    assertEquals(List.of(), causes(write(index)));
  }

  /** The weighted words of each piece, in random directions. */
  public void testWords() throws IOException {
    float[][] words = SourceTexts.words(SourceTexts.read(PIECES), 64);
    assertHealthy(TestIndex.of(words.length, VectorSimilarityFunction.COSINE, id -> words[id]));
  }

  /** The numbers of letters of each piece: integers that are not negative. */
  public void testLetters() throws IOException {
    List<String> pieces = SourceTexts.read(PIECES);
    assertHealthy(
        TestIndex.of(
            pieces.size(),
            LmdbHnswFieldTypes.floatManhattan(64),
            id -> SourceTexts.letters(pieces.get(id))));
  }

  /** Bits that are similar for pieces that have the same triples of letters. */
  public void testBits() throws IOException {
    List<String> pieces = SourceTexts.read(2_000);
    assertHealthy(
        TestIndex.of(
            pieces.size(),
            LmdbHnswFieldTypes.byteHamming(32),
            id -> SourceTexts.bits(pieces.get(id))));
  }
}
