/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.DirectoryReader;
import org.lucenelmdb.LmdbHnswOptions;

/** A node to which no other links. */
public class TestUnreachable extends ExplainTestCase {

  private void check(int codeBits) throws IOException {
    int explained = 0;
    for (int round = 0; round < 20 && explained == 0; round++) {
      TestIndex index = new TestIndex(random(), createTempDir());
      index.options = index.options.withCodeBits(codeBits).withMaxConn(6);
      index.options = index.options.withTinySegmentsThreshold(0);
      float[][] vectors = new float[2000][];
      Arrays.setAll(vectors, i -> index.vector());
      int doc = random().nextInt(vectors.length);
      index.addVectors(vectors);
      if (UnlinkedNode.unlink(index.path, FIELD, doc) == false) {
        continue;
      }
      JsonNode facts =
          explain(index.path, "--vector=" + TestIndex.text(vectors[doc]), "--doc=" + doc, "--k=5");
      if (facts.at("/traversal/steps").intValue() == 0) {
        continue;
      }
      try (DirectoryReader reader = open(index.path)) {
        check(facts, reader, vectors[doc], doc, null, null);
      }
      assertEquals("UNREACHABLE", facts.get("cause").textValue());
      assertEquals(1, facts.at("/rank/rank").intValue());
      assertEquals(0, facts.at("/graph/inLinks").intValue());
      assertTrue(facts.at("/graph/hopsFromStart").isNull());
      assertTrue(facts.at("/graph/hopsFromExpanded").isNull());
      assertTrue(facts.get("verdict").textValue().contains("No node of the graph links to it."));
      assertTrue(facts.get("advice").textValue().startsWith("Merge the segment"));
      explained++;
    }
    assertEquals(1, explained);
  }

  public void testOfVectors() throws IOException {
    check(0);
  }

  public void testOfCodes() throws IOException {
    check(4);
  }

  public void testByDefault() throws IOException {
    check(LmdbHnswOptions.AUTO);
  }
}
