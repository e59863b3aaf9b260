/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.tools.ExitCodes;
import org.lucenelmdb.tools.search.NativeThreads;
import org.lucenelmdb.tools.search.RandomVectors;
import org.lucenelmdb.tools.search.TestIndex;
import org.lucenelmdb.tools.search.ToolRun;

/** Runs the command on an index, and checks what holds for every diagnosis. */
@ThreadLeakFilters(filters = NativeThreads.class)
public abstract class DiagnosisTestCase extends LuceneTestCase {

  static final VectorSimilarityFunction EUCLIDEAN = VectorSimilarityFunction.EUCLIDEAN;
  static final LmdbHnswOptions OPTIONS = LmdbHnswOptions.DEFAULT;

  RandomVectors vectors;
  float[][] centers;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    vectors = new RandomVectors(random());
    centers = vectors.gaussians(40, 32);
  }

  final float[] clustered() {
    return vectors.near(centers, 0.3f);
  }

  final Path write(TestIndex index) throws IOException {
    return index.write(createTempDir());
  }

  static ToolRun run(Path index, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("doctor", index.toString(), "--json", "--sample", "40", "--threads", "1"));
    arguments.addAll(List.of(more));
    ToolRun run = ToolRun.of(arguments.toArray(String[]::new));
    assertEquals(run.err(), "", run.err());
    return run;
  }

  /** Returns the names of the causes in the only field. */
  static List<String> causes(Path index, String... more) throws IOException {
    ToolRun run = run(index, more);
    List<String> causes = new ArrayList<>();
    for (JsonNode finding : run.json().get("fields").get(0).get("findings")) {
      assertTrue(finding.toString(), finding.get("figure").asText().matches("(?s).*[0-9].*"));
      assertFalse(finding.get("advice").asText().isBlank());
      if (finding.get("severity").asText().equals("cause")) {
        causes.add(finding.get("name").asText());
      }
    }
    if (VERBOSE) {
      System.out.println(run.out());
    }
    assertEquals(causes.isEmpty(), run.json().get("healthy").asBoolean());
    assertEquals(causes.isEmpty() ? ExitCodes.OK : ExitCodes.FINDINGS, run.exit());
    return causes;
  }
}
