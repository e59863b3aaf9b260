/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.inspect;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.tools.DamagedFiles;
import org.lucenelmdb.tools.ExitCodes;
import org.lucenelmdb.tools.GoldenIndexes;
import org.lucenelmdb.tools.LibraryThreads;
import org.lucenelmdb.tools.RandomIndexes;
import org.lucenelmdb.tools.ToolRun;

/** Inspects indexes of many kinds, and compares what is shown with what Lucene reads. */
@ThreadLeakFilters(filters = LibraryThreads.class)
public class TestInspect extends LuceneTestCase {

  private static JsonNode inspect(Path path, String... more) throws IOException {
    String[] args = new String[3 + more.length];
    args[0] = "inspect";
    args[1] = path.toString();
    args[2] = "--json";
    System.arraycopy(more, 0, args, 3, more.length);
    ToolRun run = ToolRun.of(args);
    assertEquals(run.err(), ExitCodes.OK, run.exitCode());
    return new ObjectMapper().readTree(run.out());
  }

  /** Everything that Lucene's API tells is the same. */
  public void testRandomIndexes() throws IOException {
    for (int round = 0; round < 3; round++) {
      Path path = createTempDir();
      try (Directory directory = newFSDirectory(path)) {
        RandomIndexes.write(directory, new Random(random().nextLong()), round == 0 ? 1200 : 500);
        JsonNode json = inspect(path);
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          assertEquals(reader.leaves().size(), json.get("segments").size());
          for (JsonNode segment : json.get("segments")) {
            check(segment, reader);
          }
        }
      }
      ToolRun run = ToolRun.of("inspect", path.toString());
      assertEquals(run.err(), ExitCodes.OK, run.exitCode());
    }
  }

  private static void check(JsonNode segment, DirectoryReader reader) throws IOException {
    SegmentReader leaf =
        reader.leaves().stream()
            .map(context -> (SegmentReader) context.reader())
            .filter(r -> r.getSegmentName().equals(segment.get("name").textValue()))
            .findFirst()
            .orElseThrow();
    assertEquals(leaf.maxDoc(), segment.get("documents").intValue());
    assertEquals(leaf.numDeletedDocs(), segment.get("deleted").intValue());
    for (JsonNode image : segment.get("images")) {
      assertTrue(image.get("options").textValue().contains("maxConn="));
      long pages = image.get("pages").longValue();
      assertEquals(image.get("bytes").longValue(), pages * image.get("pageSize").longValue());
      long counted = 2 + image.get("freePages").longValue();
      for (JsonNode database : image.get("databases")) {
        counted += database.get("branchPages").longValue();
        counted += database.get("leafPages").longValue();
        counted += database.get("overflowPages").longValue();
      }
      assertEquals(pages, counted);
      for (JsonNode field : image.get("fields")) {
        check(field, leaf);
      }
    }
  }

  private static void check(JsonNode field, SegmentReader leaf) throws IOException {
    String name = field.get("name").textValue();
    int dimension = leaf.getFieldInfos().fieldInfo(name).getVectorDimension();
    assertEquals(dimension, field.get("dimension").intValue());
    boolean isByte = field.get("encoding").textValue().equals("BYTE");
    int vectors =
        isByte ? leaf.getByteVectorValues(name).size() : leaf.getFloatVectorValues(name).size();
    assertEquals(vectors, field.get("vectors").intValue());
    JsonNode sizes = field.get("sizes");
    assertEquals((long) vectors * dimension * (isByte ? 1 : 4), sizes.get("vectors").longValue());
    HnswGraph graph =
        ((HnswGraphProvider)
                ((PerFieldKnnVectorsFormat.FieldsReader) leaf.getVectorReader())
                    .getFieldReader(name))
            .getGraph(name);
    JsonNode shown = field.get("graph");
    assertEquals(graph.size() == 0, shown.isNull());
    if (graph.size() > 0) {
      checkGraph(graph, shown);
    }
  }

  private static void checkGraph(HnswGraph graph, JsonNode shown) throws IOException {
    int[] inDegrees = new int[graph.size()];
    int[] degrees = new int[shown.get("degrees").size()];
    assertEquals(graph.numLevels(), shown.get("levels").size());
    long links = 0;
    for (int level = 0; level < graph.numLevels(); level++) {
      HnswGraph.NodesIterator nodes = graph.getNodesOnLevel(level);
      assertEquals(nodes.size(), shown.get("levels").get(level).get("nodes").intValue());
      assertEquals(nodes.size(), shown.get("levels").get(level).get("reached").intValue());
      while (nodes.hasNext()) {
        graph.seek(level, nodes.nextInt());
        int degree = 0;
        for (int to = graph.nextNeighbor();
            to != DocIdSetIterator.NO_MORE_DOCS;
            to = graph.nextNeighbor()) {
          degree++;
          inDegrees[to] += level == 0 ? 1 : 0;
        }
        links += degree;
        if (level == 0) {
          degrees[degree]++;
        }
      }
    }
    assertEquals(links, shown.get("links").longValue());
    for (int i = 0; i < degrees.length; i++) {
      assertEquals(degrees[i], shown.get("degrees").get(i).intValue());
    }
    Arrays.sort(inDegrees);
    int largest = inDegrees[inDegrees.length - 1];
    assertEquals(largest, shown.get("inDegrees").get("largest").intValue());
    assertEquals(largest, shown.get("hubs").get(0).get("inDegree").intValue());
    int unlinked = 0;
    while (unlinked < inDegrees.length && inDegrees[unlinked] == 0) {
      unlinked++;
    }
    assertEquals(unlinked, shown.get("unlinkedNodes").intValue());
  }

  public void testVersions() throws IOException {
    for (int version = 0; version <= GoldenIndexes.NEWEST; version++) {
      Path path = createTempDir();
      GoldenIndexes.copy(version, path);
      JsonNode image = inspect(path).get("segments").get(0).get("images").get(0);
      assertEquals(version, image.get("version").intValue());
    }
  }

  public void testField() throws IOException {
    Path path = createTempDir();
    GoldenIndexes.copy(GoldenIndexes.NEWEST, path);
    JsonNode images = inspect(path, "--field", "eight").get("segments").get(0).get("images");
    assertEquals(1, images.size());
    JsonNode field = images.get(0).get("fields").get(0);
    assertEquals("eight", field.get("name").textValue());
    assertEquals(8, field.get("codes").get("bits").intValue());
    assertEquals(0.9f, field.get("targetRecall").floatValue(), 1e-6f);
    assertTrue(field.get("recallCurve").size() > 3);
    ToolRun run = ToolRun.of("inspect", path.toString(), "--field", "other");
    assertEquals(ExitCodes.UNUSABLE, run.exitCode());
    assertTrue(run.err(), run.err().contains("vectors in the field other; found none"));
  }

  public void testOtherFormat() throws IOException {
    Path path = createTempDir();
    try (Directory directory = newFSDirectory(path);
        IndexWriter writer =
            new IndexWriter(
                directory, new IndexWriterConfig().setCodec(TestUtil.getDefaultCodec()))) {
      Document document = new Document();
      document.add(new KnnFloatVectorField("v", new float[] {1, 2}));
      writer.addDocument(document);
    }
    ToolRun run = ToolRun.of("inspect", path.toString());
    assertEquals(run.err(), ExitCodes.OK, run.exitCode());
    assertTrue(run.out(), run.out().contains("field v: other format, Lucene99Hnsw"));
  }

  public void testDamaged() throws IOException {
    Path path = createTempDir();
    GoldenIndexes.copy(GoldenIndexes.NEWEST, path);
    Path file = DamagedFiles.files(path, name -> name.endsWith(".vem")).getFirst();
    Files.write(file, new byte[10]);
    ToolRun run = ToolRun.of("inspect", path.toString());
    assertEquals(ExitCodes.UNUSABLE, run.exitCode());
    assertTrue(run.err(), run.err().contains("which the command verify lists"));
    assertFalse(run.err(), run.err().contains("\tat "));
  }
}
