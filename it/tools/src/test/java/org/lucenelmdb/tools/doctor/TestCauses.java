/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.LmdbHnswFilterStrategy;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.tools.ExitCodes;
import org.lucenelmdb.tools.search.RandomVectors;
import org.lucenelmdb.tools.search.RelinkedGraph;
import org.lucenelmdb.tools.search.TestIndex;
import org.lucenelmdb.tools.search.ToolRun;

/** Indexes that are broken in a known way. */
@LuceneTestCase.SuppressSysoutChecks(bugUrl = "LMDB's library prints warnings of the JVM")
public class TestCauses extends LuceneTestCase {

  private static final VectorSimilarityFunction EUCLIDEAN = VectorSimilarityFunction.EUCLIDEAN;
  private static final LmdbHnswOptions OPTIONS = LmdbHnswOptions.DEFAULT;

  private RandomVectors vectors;
  private float[][] centers;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    vectors = new RandomVectors(random());
    centers = vectors.gaussians(40, 32);
  }

  private float[] clustered() {
    return vectors.near(centers, 0.3f);
  }

  /** Returns the causes, after checks of what holds for each of them. */
  private static List<String> causes(Path index, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of("doctor", index.toString(), "--json", "--sample", "60", "--threads", "1"));
    arguments.addAll(List.of(more));
    ToolRun run = ToolRun.of(arguments.toArray(String[]::new));
    assertEquals(run.err(), "", run.err());
    List<String> causes = new ArrayList<>();
    for (JsonNode finding : run.json().get("fields").get(0).get("findings")) {
      assertTrue(finding.toString(), finding.get("figure").asText().matches(".*[0-9].*"));
      assertFalse(finding.get("advice").asText().isBlank());
      if (finding.get("severity").asText().equals("cause")) {
        causes.add(finding.get("name").asText());
      }
    }
    assertEquals(causes.isEmpty(), run.json().get("healthy").asBoolean());
    assertEquals(causes.isEmpty() ? ExitCodes.OK : ExitCodes.FINDINGS, run.exit());
    return causes;
  }

  private Path write(TestIndex index) throws IOException {
    return index.write(createTempDir());
  }

  public void testNearDuplicates() throws IOException {
    float[][] few = vectors.gaussians(4, 32);
    Path index =
        write(
            TestIndex.of(4_000, EUCLIDEAN, id -> vectors.near(few, 0.002f))
                .options(OPTIONS.withCodeBits(1)));
    assertEquals(List.of("near-duplicates"), causes(index));
  }

  public void testHubs() throws IOException {
    Path index =
        write(TestIndex.of(4_000, EUCLIDEAN, id -> clustered()).options(OPTIONS.withCodeBits(1)));
    RelinkedGraph.relink(
        index,
        false,
        (node, old) -> {
          TreeSet<Integer> links = new TreeSet<>();
          links.add(old.first());
          while (links.size() < old.size()) {
            links.add(4 * vectors.nextInt(40) + vectors.nextInt(2)); // 80 hubs
          }
          return links;
        });
    assertEquals(List.of("hubs"), causes(index).stream().filter("hubs"::equals).toList());
  }

  public void testUnreachable() throws IOException {
    Path index =
        write(TestIndex.of(4_000, EUCLIDEAN, id -> clustered()).options(OPTIONS.withCodeBits(1)));
    // no node of the others links to a node whose number is divisible by 5
    RelinkedGraph.relink(
        index,
        false,
        (node, old) -> {
          TreeSet<Integer> links = new TreeSet<>(old);
          links.removeIf(neighbor -> neighbor % 5 == 0);
          while (links.size() < old.size()) {
            links.add(5 * vectors.nextInt(800) + 1 + vectors.nextInt(4));
          }
          return links;
        });
    assertEquals(List.of("unreachable"), causes(index));
  }

  public void testOutlier() throws IOException {
    float[] outlier = clustered();
    outlier[3] = 1e6f;
    Path index =
        write(
            TestIndex.of(4_000, EUCLIDEAN, id -> id == 1_234 ? outlier : clustered())
                .options(OPTIONS.withCodeBits(1)));
    assertEquals(List.of("outlier"), causes(index));
  }

  public void testConstantDimensions() throws IOException {
    Path index =
        write(
            TestIndex.of(
                3_000,
                EUCLIDEAN,
                id -> {
                  float[] vector = clustered();
                  for (int i = 20; i < vector.length; i++) {
                    vector[i] = 7;
                  }
                  return vector;
                }));
    assertEquals(List.of("constant-dimensions"), causes(index));
  }

  public void testCoarseCodes() throws IOException {
    Path index =
        write(
            TestIndex.of(6_000, EUCLIDEAN, id -> vectors.gaussian(8))
                .options(OPTIONS.withCodeBits(1)));
    assertEquals(List.of("coarse-codes"), causes(index));
  }

  public void testManySegments() throws IOException {
    Path index = write(TestIndex.of(6_000, EUCLIDEAN, id -> clustered()).segments(200));
    assertEquals(List.of("many-segments"), causes(index));
  }

  public void testDeletes() throws IOException {
    Path index = write(TestIndex.of(4_000, EUCLIDEAN, id -> clustered()).delete(0.4));
    assertEquals(List.of("deletes"), causes(index));
  }

  public void testLowTarget() throws IOException {
    Path index =
        write(
            TestIndex.of(6_000, EUCLIDEAN, id -> vectors.gaussian(24))
                .options(OPTIONS.withTargetRecall(0.5f).withCodeBits(0)));
    assertEquals(List.of("target-recall"), causes(index));
  }

  public void testFilterStrategy() throws IOException {
    Path index =
        write(
            TestIndex.of(4_000, EUCLIDEAN, id -> clustered())
                .options(OPTIONS.withFilterStrategy(LmdbHnswFilterStrategy.POST_FILTERED)));
    assertEquals(List.of("filter-strategy"), causes(index, "--filter", "int:[100 TO 140]"));
  }
}
