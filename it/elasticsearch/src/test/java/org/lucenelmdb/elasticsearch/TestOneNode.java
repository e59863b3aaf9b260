/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import java.util.Random;
import org.junit.BeforeClass;

/** The codec on one real node. */
public class TestOneNode extends NodeTestCase {

  private static final String CODEC = ",\"index.codec\":\"LmdbHnsw\"";

  @BeforeClass
  public static void startNode() throws Exception {
    startNode(NodeProcess.Plugin.CODEC);
  }

  public void testSmoke() throws Exception {
    assertEquals(200, create("a", CODEC, "\"v\":{\"type\":\"dense_vector\",\"dims\":8}").status());
    Documents docs = new Documents(8, Documents.Similarity.COSINE, false);
    docs.index(http, "a", new Random(1), 0, 1000);
    assertFormat("a");
    assertEquals(1, docs.recall(http, "a", 10, 10, ",\"num_candidates\":100", 0), 0.05);
  }
}
