/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.ExitCodes;

/** Exports to hannoy's layout, and imports of them, without hannoy. */
public class TestHannoyTransfer extends TransferTestCase {

  private static final List<VectorMetric> METRICS =
      List.of(
          VectorMetric.EUCLIDEAN,
          VectorMetric.COSINE,
          VectorMetric.DOT_PRODUCT,
          VectorMetric.MANHATTAN);

  private Path out() {
    return createTempDir().resolve("hannoy");
  }

  private Path importOf(Path hannoy) {
    Path index = createTempDir().resolve("index");
    CommandRun.ok("import", "--from", "hannoy", hannoy, "--index", index);
    return index;
  }

  /** Reads the vectors of an import by their ids. */
  static Map<Long, String> byId(Path index) throws IOException {
    Map<Long, String> vectors = new TreeMap<>();
    try (Directory directory = openDirectory(index);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      LeafReader leaf = getOnlyLeafReader(reader);
      KnnVectorValues values = values(leaf);
      for (int doc = 0; doc < leaf.maxDoc(); doc++) {
        Number id = leaf.storedFields().document(doc).getField("id").numericValue();
        vectors.put(id.longValue(), vector(values, doc));
      }
    }
    return vectors;
  }

  private static void checkIndex(Path index) throws IOException {
    try (Directory directory = openDirectory(index)) {
      CheckIndex.Status status =
          TestUtil.checkIndex(
              directory, CheckIndex.Level.MIN_LEVEL_FOR_SLOW_CHECKS, true, true, null);
      assertTrue(status.clean);
    }
  }

  public void testRoundTrips() throws IOException {
    for (VectorMetric metric : METRICS) {
      for (boolean isSparse : new boolean[] {false, true}) {
        int docs = TestUtil.nextInt(random(), 1, 700);
        Spec spec = Spec.of(metric, VectorEncoding.FLOAT32, docs).sparse(isSparse ? 0.6 : 1);
        roundTrip(spec);
      }
    }
    int bytes = TestUtil.nextInt(random(), 1, 40);
    roundTrip(Spec.of(VectorMetric.HAMMING, VectorEncoding.BYTE, 300).dimension(bytes));
  }

  private void roundTrip(Spec spec) throws IOException {
    Path index = write(spec);
    Map<Long, String> vectors = vectors(index);
    Path hannoy = out();
    if (vectors.isEmpty()) {
      return;
    }
    String printed =
        CommandRun.ok("export", index, "--field", FIELD, "--to", "hannoy", "--out", hannoy);
    assertTrue(printed, printed.contains("| kept"));
    Path imported = importOf(hannoy);
    assertEquals(spec.toString(), vectors, byId(imported));
    assertEquals(spec.toString(), graph(index, null), graph(imported, "id"));
    checkIndex(imported);
  }

  public void testBytesAreExportedAsFloats() throws IOException {
    for (VectorMetric metric :
        List.of(VectorMetric.EUCLIDEAN, VectorMetric.COSINE, VectorMetric.MANHATTAN)) {
      Path index = write(Spec.of(metric, VectorEncoding.BYTE, 200));
      Path hannoy = out();
      CommandRun.ok("export", index, "--field", FIELD, "--to", "hannoy", "--out", hannoy);
      Path imported = importOf(hannoy);
      Map<Long, String> expected = vectors(index);
      expected.replaceAll((doc, vector) -> vector.replaceAll("(\\d+)", "$1.0"));
      assertEquals(expected, byId(imported));
      assertEquals(graph(index, null), graph(imported, "id"));
    }
  }

  public void testSegmentsAndDeletesAreMerged() throws IOException {
    for (VectorMetric metric : METRICS) {
      Spec spec =
          Spec.of(metric, VectorEncoding.FLOAT32, 600)
              .segments(TestUtil.nextInt(random(), 1, 4))
              .sparse(0.8)
              .deleted(0.3);
      Path index = write(spec);
      Path hannoy = out();
      String printed =
          CommandRun.ok("export", index, "--field", FIELD, "--to", "hannoy", "--out", hannoy);
      assertTrue(printed, printed.contains("| merged"));
      try (Stream<Path> siblings = Files.list(hannoy.getParent())) {
        assertEquals(List.of(hannoy), siblings.toList()); // no temporary index
      }
      Path imported = importOf(hannoy);
      assertEquals(spec.toString(), vectors(index), byId(imported));
      checkIndex(imported);
    }
  }

  public void testIdField() throws IOException {
    Path index = write(Spec.of(VectorMetric.EUCLIDEAN, VectorEncoding.FLOAT32, 100));
    Path hannoy = out();
    CommandRun.ok(
        "export", index, "--field", FIELD, "--to", "hannoy", "--out", hannoy, "--id-field", NUMBER);
    Map<Long, String> expected = new TreeMap<>();
    try (Directory directory = openDirectory(index);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      LeafReader leaf = getOnlyLeafReader(reader); // which may be sorted
      NumericDocValues numbers = leaf.getNumericDocValues(NUMBER);
      for (int doc = 0; doc < leaf.maxDoc(); doc++) {
        assertTrue(numbers.advanceExact(doc));
        expected.put(numbers.longValue(), vector(values(leaf), doc));
      }
    }
    assertEquals(expected, byId(importOf(hannoy)));
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "hannoy: expected ids from 0 to 4294967295; found k",
        "export",
        index,
        "--field",
        FIELD,
        "--to",
        "hannoy",
        "--out",
        out(),
        "--id-field",
        KEY);
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "expected an id in the field absent of document 0",
        "export",
        index,
        "--field",
        FIELD,
        "--to",
        "hannoy",
        "--out",
        out(),
        "--id-field",
        "absent");
  }

  public void testOneSegment() throws IOException {
    Path index = write(Spec.of(VectorMetric.COSINE, VectorEncoding.FLOAT32, 300).segments(3));
    Path hannoy = out();
    CommandRun.ok(
        "export", index, "--field", FIELD, "--to", "hannoy", "--out", hannoy, "--segment", "_1");
    List<Long> docs = new ArrayList<>(byId(importOf(hannoy)).keySet());
    assertEquals(100, docs.size());
    assertEquals(100L, docs.getFirst().longValue()); // numbers are those of the whole index
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "expected a segment _9 with the field vector; found [_0, _1, _2]",
        "export",
        index,
        "--field",
        FIELD,
        "--to",
        "hannoy",
        "--out",
        out(),
        "--segment",
        "_9");
  }

  public void testJson() throws IOException {
    Path index = write(Spec.of(VectorMetric.COSINE, VectorEncoding.FLOAT32, 20));
    Path hannoy = out();
    JsonNode exported =
        new ObjectMapper()
            .readTree(
                CommandRun.ok(
                    "export", index, "--field", FIELD, "--to", "hannoy", "--out", hannoy,
                    "--json"));
    assertEquals(20, exported.get("vectors").asInt());
    assertEquals("kept", exported.get("graph").asText());
    assertEquals(hannoy.toString(), exported.get("files").get(0).asText());
    JsonNode imported =
        new ObjectMapper()
            .readTree(
                CommandRun.ok("import", "--from", "hannoy", hannoy, "--index", out(), "--json"));
    assertEquals("cosine", imported.get("metric").asText());
    assertEquals("kept", imported.get("graph").asText());
  }

  public void testRefusedMetrics() throws IOException {
    Path inner = write(Spec.of(VectorMetric.MAXIMUM_INNER_PRODUCT, VectorEncoding.FLOAT32, 20));
    Path out = out();
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "expected a metric that hannoy has",
        "export",
        inner,
        "--field",
        FIELD,
        "--to",
        "hannoy",
        "--out",
        out);
    assertFalse(Files.exists(out));
    Path dot = write(Spec.of(VectorMetric.DOT_PRODUCT, VectorEncoding.BYTE, 20));
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "found DOT_PRODUCT of bytes",
        "export",
        dot,
        "--field",
        FIELD,
        "--to",
        "hannoy",
        "--out",
        out);
  }
}
