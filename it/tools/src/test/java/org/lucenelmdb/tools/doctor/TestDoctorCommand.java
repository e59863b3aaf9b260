/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.store.Directory;
import org.lucenelmdb.bench.data.VecsWriter;
import org.lucenelmdb.tools.ExitCodes;
import org.lucenelmdb.tools.search.TestIndex;
import org.lucenelmdb.tools.search.ToolRun;

/** The options of the command, and unusual indexes. */
public class TestDoctorCommand extends DiagnosisTestCase {

  private Path index;

  private Path index() throws IOException {
    if (index == null) {
      index = write(TestIndex.of(600, EUCLIDEAN, id -> clustered()));
    }
    return index;
  }

  public void testTables() throws IOException {
    ToolRun run = ToolRun.of("doctor", index().toString(), "--sample", "20");
    assertEquals(run.err(), ExitCodes.OK, run.exit());
    assertTrue(run.out(), run.out().contains("healthy; recall@10 "));
    for (String part : new String[] {"do not count as answers", "random 10 %", "Segments"}) {
      assertTrue(part, run.out().contains(part));
    }
  }

  public void testQueries() throws IOException {
    Path file = createTempDir().resolve("queries.fvecs");
    try (VecsWriter writer = new VecsWriter(file)) {
      for (int i = 0; i < 7; i++) {
        writer.write(clustered());
      }
    }
    JsonNode field =
        run(index(), "--queries", file.toString(), "--k", "3").json().get("fields").get(0);
    assertEquals(7, field.get("queries").asInt());
    assertEquals("queries.fvecs", field.get("querySource").asText());
    assertEquals(3, field.get("searches").get(0).get("k").asInt());
  }

  public void testQueriesOfOtherDimension() throws IOException {
    Path file = createTempDir().resolve("queries.fvecs");
    try (VecsWriter writer = new VecsWriter(file)) {
      writer.write(new float[] {1, 2, 3});
    }
    ToolRun run = ToolRun.of("doctor", index().toString(), "--queries", file.toString());
    assertEquals(ExitCodes.UNUSABLE, run.exit());
    assertTrue(run.err(), run.err().contains("expected vectors of dimension 32"));
    assertTrue(run.err(), run.err().contains("found 3"));
  }

  public void testFilters() throws IOException {
    JsonNode filters =
        run(index(), "--filter", "color:red", "--filter", "int:[10 TO 109]")
            .json()
            .get("fields")
            .get(0)
            .get("filters");
    assertEquals(120, filters.get(0).get("matching").asInt());
    assertEquals(100, filters.get(1).get("matching").asInt());
    ToolRun none = ToolRun.of("doctor", index().toString(), "--filter", "color:green");
    assertEquals(ExitCodes.UNUSABLE, none.exit());
    assertTrue(none.err(), none.err().contains("color:green"));
    ToolRun invalid = ToolRun.of("doctor", index().toString(), "--filter", "color");
    assertEquals(ExitCodes.USAGE, invalid.exit());
  }

  public void testNoIndex() {
    ToolRun run = ToolRun.of("doctor", createTempDir().toString());
    assertEquals(ExitCodes.UNUSABLE, run.exit());
    assertEquals("", run.out());
    assertEquals(run.err(), 1, run.err().lines().count());
    assertEquals(
        ExitCodes.UNUSABLE, ToolRun.of("doctor", createTempDir() + "", "--field", "x").exit());
  }

  public void testRepeatable() throws IOException {
    String first = run(index(), "--seed", "7").out();
    assertEquals(first, run(index(), "--seed", "7").out());
  }

  /** Documents and queries differ: the two documents of a query are no answers to it. */
  public void testOwnDocumentsDoNotCount() throws IOException {
    Path two = write(TestIndex.of(3, EUCLIDEAN, id -> clustered()));
    JsonNode field = run(two).json().get("fields").get(0);
    assertEquals(3, field.get("queries").asInt());
    for (JsonNode search : field.get("searches")) {
      assertEquals(1, search.get("recall").asDouble(), 0); // one document is left
    }
  }

  public void testSegmentsOfAnotherFormat() throws IOException {
    Path mixed = write(TestIndex.of(700, EUCLIDEAN, id -> clustered()).segments(400));
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(new Lucene104Codec())
            .setMergePolicy(NoMergePolicy.INSTANCE);
    try (Directory directory = TestIndex.open(mixed);
        IndexWriter writer = new IndexWriter(directory, config)) {
      for (int i = 0; i < 300; i++) {
        Document document = new Document();
        document.add(new KnnFloatVectorField("v", clustered(), EUCLIDEAN));
        writer.addDocument(document);
      }
    }
    ToolRun run = run(mixed);
    assertEquals(1_000, run.json().get("fields").get(0).get("vectors").asInt());
    assertTrue(run.out().contains("\"other-formats\""));
    assertEquals(run.out(), ExitCodes.OK, run.exit());
  }

  /** Each version has the fields of all encodings and metrics. */
  public void testOldVersions() throws IOException {
    Path golden =
        Path.of(System.getProperty("basedir", "."))
            .resolve("../../lucene-codec/src/test/resources/org/lucenelmdb");
    assumeTrue("no golden indexes at " + golden, Files.isDirectory(golden));
    int version = random().nextInt(3);
    Path old = createTempDir();
    try (InputStream in =
            Files.newInputStream(golden.resolve("golden-version-" + version + ".zip"));
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Files.write(old.resolve(entry.getName()), zip.readAllBytes());
      }
    }
    ToolRun run = run(old);
    assertTrue(run.out().contains("\"old-version\""));
    assertTrue(run.json().get("fields").size() > 1);
  }
}
