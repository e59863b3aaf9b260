/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.bench;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.tools.ExitCodes;
import org.lucenelmdb.tools.search.NativeThreads;
import org.lucenelmdb.tools.search.RandomVectors;
import org.lucenelmdb.tools.search.TestIndex;
import org.lucenelmdb.tools.search.ToolRun;

/** Short benchmarks. No assertion depends on the time of a search. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestBenchCommand extends LuceneTestCase {

  private Path index;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    RandomVectors vectors = new RandomVectors(random());
    index =
        TestIndex.of(1_000, VectorSimilarityFunction.EUCLIDEAN, id -> vectors.gaussian(16))
            .delete(0.1)
            .write(createTempDir());
  }

  public void testJson() throws IOException {
    ToolRun run =
        ToolRun.of(
            "bench",
            index.toString(),
            "--json",
            "--seconds",
            "0.1",
            "--sample",
            "30",
            "--threads",
            "2",
            "--k",
            "5",
            "--filter",
            "color:red",
            "--target-recall",
            "0.9");
    assertEquals(run.err(), ExitCodes.OK, run.exit());
    JsonNode json = run.json();
    assertEquals(30, json.get("queries").asInt());
    assertEquals(5, json.get("k").asInt());
    assertEquals(2, json.get("threads").asInt());
    assertEquals("color:red", json.get("filter").asText());
    assertTrue(json.get("matching").asInt() <= 200);
    assertTrue("each query once", json.get("searches").asInt() >= 30);
    assertTrue(json.get("recall").asDouble() > 0.8);
    double p50 = json.get("p50").asDouble();
    assertTrue(0 < p50 && p50 <= json.get("p99").asDouble());
    assertTrue(json.get("p99").asDouble() <= json.get("max").asDouble());
    double rate = json.get("searches").asInt() / json.get("seconds").asDouble();
    assertEquals(rate, json.get("rate").asDouble(), 1e-6 * rate);
  }

  public void testTable() {
    ToolRun run = ToolRun.of("bench", index.toString(), "--seconds", "0.1", "--sample", "10");
    assertEquals(run.err(), ExitCodes.OK, run.exit());
    for (String part : new String[] {"searches per second", "p99", "recall@10"}) {
      assertTrue(part, run.out().contains(part));
    }
  }

  public void testWrongArguments() {
    for (String[] wrong :
        new String[][] {
          {"--seconds", "0"},
          {"--k", "0"},
          {"--threads", "0"},
          {"--target-recall", "0.2"},
          {"--filter", "color"},
          {"--filter", "color:red", "--filter", "color:blue"}
        }) {
      String[] arguments = new String[2 + wrong.length];
      arguments[0] = "bench";
      arguments[1] = index.toString();
      System.arraycopy(wrong, 0, arguments, 2, wrong.length);
      assertEquals(String.join(" ", wrong), ExitCodes.USAGE, ToolRun.of(arguments).exit());
    }
    assertEquals(
        ExitCodes.UNUSABLE, ToolRun.of("bench", index.toString(), "--field", "color").exit());
  }
}
