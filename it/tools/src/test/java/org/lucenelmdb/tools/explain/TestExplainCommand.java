/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.LmdbHnswOptions;

/** Each cause of {@code explain}, and its arguments. */
public class TestExplainCommand extends ExplainTestCase {

  private TestIndex index() {
    return new TestIndex(random(), createTempDir());
  }

  private JsonNode checked(
      TestIndex index, float[] query, int doc, Float target, String filterText, Query filter)
      throws IOException {
    try (DirectoryReader reader = open(index.path)) {
      String[] arguments = {
        "--vector=" + TestIndex.text(query),
        "--doc=" + doc,
        "--k=5",
        target == null ? "--k=5" : "--target-recall=" + target,
        filterText == null ? "--k=5" : "--filter=" + filterText
      };
      JsonNode facts =
          explain(index.path, Arrays.stream(arguments).distinct().toArray(String[]::new));
      check(facts, reader, query, doc, target, filter);
      return facts;
    }
  }

  public void testFoundDeletedAndFiltered() throws IOException {
    TestIndex index = index();
    index.add(1200);
    index.delete(7);
    float[] query = index.vector();
    JsonNode deleted = checked(index, query, 7, null, null, null);
    assertEquals("DELETED", deleted.get("cause").textValue());
    assertEquals("Document 7 is deleted.", deleted.get("verdict").textValue());
    Query red = new TermQuery(new Term("color", "red"));
    JsonNode filtered = checked(index, query, 9, null, "color:red", red);
    assertEquals("FILTERED", filtered.get("cause").textValue());
    Query range = IntPoint.newRangeQuery("number", 100, 900);
    filtered = checked(index, query, 9, null, "number:[100 TO 900]", range);
    assertEquals("FILTERED", filtered.get("cause").textValue());
    try (DirectoryReader reader = open(index.path)) {
      for (String text : List.of("none", "color:red", "number:[100 TO 900]")) {
        Query filter = text.equals("none") ? null : text.startsWith("color") ? red : range;
        ScoreDoc[] hits = search(reader, query, 5, null, filter);
        int at = random().nextInt(hits.length);
        JsonNode found =
            checked(index, query, hits[at].doc, null, text.equals("none") ? null : text, filter);
        assertEquals("FOUND", found.get("cause").textValue());
        assertEquals(at + 1, found.get("result").get("rank").intValue());
        assertTrue(found.get("traversal").get("isReached").booleanValue());
        assertTrue(found.get("traversal").get("isScoredExactly").booleanValue());
      }
    }
  }

  public void testNoVector() throws IOException {
    TestIndex index = index();
    index.percentWithVector = 50;
    index.add(300, 40);
    boolean isMissing = false;
    for (int doc = 0; doc < 340; doc += 5) {
      JsonNode facts = checked(index, index.vector(), doc, null, null, null);
      isMissing |= facts.get("cause").textValue().equals("NO_VECTOR");
    }
    assertTrue(isMissing);
  }

  /** A segment whose best document is not one of the best of the index. */
  public void testOtherSegmentsAreBetter() throws IOException {
    TestIndex index = index();
    float[] query = index.vector();
    index.add(600);
    float[][] near = new float[6][];
    for (int i = 0; i < near.length; i++) {
      near[i] = query.clone();
      near[i][0] += 0.001f * (i + 1);
    }
    index.addVectors(near);
    try (DirectoryReader reader = open(index.path)) {
      int best = nearest(Arrays.copyOf(scores(reader, query), 600), trues(600), 1).get(0);
      JsonNode facts = checked(index, query, best, null, null, null);
      assertEquals("NOT_NEAREST", facts.get("cause").textValue());
      assertEquals(7, facts.get("rank").get("rank").intValue());
      assertEquals(1, facts.get("rank").get("rankInSegment").intValue());
      String verdict = facts.get("verdict").textValue();
      assertTrue(verdict, verdict.contains("6 better hits are in other segments"));
      assertTrue(facts.get("advice").textValue().contains("at least 7 results"));
    }
  }

  private static boolean[] trues(int length) {
    boolean[] trues = new boolean[length];
    Arrays.fill(trues, true);
    return trues;
  }

  public void testTie() throws IOException {
    TestIndex index = index();
    float[] vector = index.vector();
    float[][] equal = new float[20][];
    Arrays.fill(equal, vector);
    index.addVectors(equal);
    JsonNode facts = checked(index, vector, 19, null, null, null);
    assertEquals("TIE", facts.get("cause").textValue());
    assertEquals(19, facts.get("rank").get("equal").intValue());
  }

  /** Finds documents that a weak search misses in a poor graph, and explains them. */
  private void checkMisses(LmdbHnswOptions options, String cause) throws IOException {
    TestIndex index = index();
    index.options = options.withTinySegmentsThreshold(0);
    index.clusters = 400;
    index.spread = 0.5f;
    index.dimension = 48;
    index.add(3000);
    int explained = 0;
    try (DirectoryReader reader = open(index.path)) {
      for (int i = 0; i < 400 && explained < 3; i++) {
        float[] query = index.vector();
        float[] scores = scores(reader, query);
        List<Integer> nearest = nearest(scores, trues(scores.length), 5);
        for (ScoreDoc hit : search(reader, query, 5, 0.5f, null)) {
          nearest.remove((Integer) hit.doc);
        }
        if (nearest.isEmpty()) {
          continue;
        }
        JsonNode facts = checked(index, query, nearest.get(0), 0.5f, null, null);
        if (facts.get("cause").textValue().equals(cause)) {
          explained++;
          checkAdvice(facts, reader, query, nearest.get(0));
        }
      }
    }
    assertTrue("no miss because of " + cause, explained > 0);
  }

  /** The query with the advised target finds the document, and those with lower targets do not. */
  private static void checkAdvice(JsonNode facts, DirectoryReader reader, float[] query, int doc)
      throws IOException {
    JsonNode found = facts.get("result").get("foundWithTargetRecall");
    for (float target : new float[] {0.9f, 0.95f, 0.98f, 0.99f, 0.995f, 0.999f}) {
      boolean isFound =
          Arrays.stream(search(reader, query, 5, target, null)).anyMatch(hit -> hit.doc == doc);
      if (found.isNull() || target < found.floatValue()) {
        assertFalse("" + target, isFound);
      } else if (target == found.floatValue()) {
        assertTrue("" + target, isFound);
        assertTrue(facts.get("advice").textValue().contains("with " + target));
      }
    }
  }

  public void testBeamCut() throws IOException {
    checkMisses(
        LmdbHnswOptions.DEFAULT.withMaxConn(4).withBeamWidth(8).withCodeBits(0), "NOT_REACHED");
  }

  public void testBeamCutWithCodes() throws IOException {
    checkMisses(
        LmdbHnswOptions.DEFAULT.withMaxConn(3).withBeamWidth(6).withCodeBits(8), "NOT_REACHED");
  }

  public void testCodeError() throws IOException {
    checkMisses(LmdbHnswOptions.DEFAULT.withMaxConn(16).withCodeBits(1), "NOT_RERANKED");
  }

  /** Estimates are similarities, and their errors have the size that the codes predict. */
  public void testEstimates() throws IOException {
    TestIndex index = index();
    index.kind =
        RandomPicks.randomFrom(
            random(),
            List.of(
                TestIndex.Kind.EUCLIDEAN,
                TestIndex.Kind.COSINE,
                TestIndex.Kind.MAXIMUM_INNER_PRODUCT,
                TestIndex.Kind.MANHATTAN));
    index.options = index.options.withCodeBits(RandomPicks.randomFrom(random(), List.of(2, 4, 8)));
    index.dimension = 64;
    index.add(1000);
    String vector = TestIndex.text(index.vector());
    double squares = 0;
    for (int i = 0; i < 30; i++) {
      int doc = random().nextInt(1000);
      JsonNode code = explain(index.path, "--vector=" + vector, "--doc=" + doc).get("code");
      double error = code.get("error").doubleValue();
      double deviations = code.get("deviations").doubleValue();
      assertEquals(
          code.get("similarity").doubleValue(),
          code.get("estimate").doubleValue() + deviations * error,
          1e-3 * Math.abs(error));
      squares += deviations * deviations;
    }
    double rootMeanSquare = Math.sqrt(squares / 30);
    assertTrue("" + rootMeanSquare, rootMeanSquare > 0.1 && rootMeanSquare < 5);
  }

  /** By a term, a number, and rows of a file; as tables. */
  public void testArguments() throws IOException {
    TestIndex index = index();
    index.add(300);
    index.delete(3);
    String vector = TestIndex.text(index.vector());
    assertEquals(
        12, explain(index.path, "--vector=" + vector, "--id=id:12").at("/document/doc").intValue());
    assertEquals(
        13,
        explain(index.path, "--vector=" + vector, "--id=number:13").at("/document/doc").intValue());
    assertEquals(
        "DELETED", explain(index.path, "--query-doc=5", "--id=id:3").get("cause").textValue());
    JsonNode itself = explain(index.path, "--query-doc=5", "--doc=5");
    assertEquals(1, itself.at("/result/rank").intValue());
    Path file = createTempDir().resolve("queries.fvecs");
    ByteBuffer bytes = ByteBuffer.allocate(2 * 33 * 4).order(ByteOrder.LITTLE_ENDIAN);
    float[] first = index.vector();
    float[] second = index.vector();
    for (float[] row : List.of(first, second)) {
      bytes.putInt(32);
      for (float value : row) {
        bytes.putFloat(value);
      }
    }
    Files.write(file, bytes.array());
    assertEquals(
        explain(index.path, "--vector=" + TestIndex.text(first), "--doc=1"),
        explain(index.path, "--query=" + file, "--doc=1"));
    assertEquals(
        explain(index.path, "--vector=" + TestIndex.text(second), "--doc=1"),
        explain(index.path, "--query=" + file + ":1", "--doc=1"));
    String folder = index.path.toString();
    assertEquals(0, run("explain", folder, "--field=v", "--query=" + file, "--doc=1", "--k=3"));
    assertTrue(out.toString(), out.toString().startsWith("Document 1 is "));
    assertTrue(out.toString(), out.toString().contains("exact rank in its segment"));
    assertFails(3, "found 2 rows", folder, "--query=" + file + ":2", "--doc=1");
    assertFails(3, "missing.fvecs", folder, "--query=missing.fvecs", "--doc=1");
    assertFails(2, "--doc must be from 0 to 299", folder, "--query-doc=1", "--doc=300");
    assertFails(2, "--query-doc must be from", folder, "--query-doc=-1", "--doc=1");
    assertFails(2, "32 dimensions; found 2", folder, "--vector=1,2", "--doc=1");
    assertFails(2, "found x", folder, "--vector=1,x", "--doc=1");
    assertFails(2, "--k must be at least 1", folder, "--query-doc=1", "--doc=1", "--k=0");
    assertFails(2, "0.2", folder, "--query-doc=1", "--doc=1", "--target-recall=0.2");
    assertFails(2, "expected field:value", folder, "--query-doc=1", "--doc=1", "--filter=red");
    assertFails(3, "found colour", folder, "--query-doc=1", "--doc=1", "--filter=colour:red");
    assertFails(2, "found x, x", folder, "--query-doc=1", "--doc=1", "--filter=number:x");
    assertFails(3, "found none", folder, "--query-doc=1", "--id=id:x");
    assertFails(3, "one document with color:red", folder, "--query-doc=1", "--id=color:red");
    assertFails(2, ".html or .svg", folder, "--query-doc=1", "--doc=1", "--report=a.txt");
    assertFails(
        2, "must not be in", folder, "--query-doc=1", "--doc=1", "--report=" + folder + "/a.svg");
    assertFails(2, "Missing required argument", folder, "--doc=1");
    assertFails(3, "expected an index", createTempDir().toString(), "--query-doc=1", "--doc=1");
    assertEquals(3, run("explain", folder, "--field=w", "--query-doc=1", "--doc=1"));
    assertTrue(err.toString(), err.toString().contains("found v ("));
  }

  private void assertFails(int code, String message, String folder, String... arguments) {
    String[] all = new String[arguments.length + 3];
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    all[0] = "explain";
    all[1] = folder;
    all[2] = "--field=v";
    int found = run(all);
    assertEquals(err.toString(), code, found);
    assertTrue(err.toString(), err.toString().contains(message));
    assertFalse(err.toString(), err.toString().contains("\tat "));
  }

  /** A segment of another format is ranked, and not traced. */
  public void testOtherFormat() throws IOException {
    TestIndex index = index();
    index.add(200);
    index.codec = TestUtil.getDefaultCodec();
    index.add(200);
    for (int doc : new int[] {20, 220, 390}) {
      JsonNode facts = checked(index, index.vector(), doc, null, null, null);
      assertEquals(doc >= 200, facts.get("searches").isEmpty());
      assertEquals(doc >= 200, facts.get("graph").isNull());
    }
  }
}
