/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.lucene.util.IOUtils;
import org.junit.BeforeClass;
import org.lucenelmdb.elasticsearch.Documents.Similarity;

/** The format without the codec, by an index setting, on a real node. */
public class TestProvider extends NodeTestCase {

  private static final String FLAG =
      "--add-exports=org.elasticsearch.server/org.elasticsearch.plugins.internal=ALL-UNNAMED";
  private static final String ENABLED = ",\"index.lmdb_hnsw.enabled\":true";
  private static final String KNN = ",\"num_candidates\":50";

  @BeforeClass
  public static void startNode() throws Exception {
    startNode(NodeProcess.Plugin.PROVIDER, FLAG);
  }

  private static String field(String name, int dims, String parameters) {
    return String.format(
        Locale.ROOT, "\"%s\":{\"type\":\"dense_vector\",\"dims\":%d%s}", name, dims, parameters);
  }

  private static String type(String type) {
    return ",\"index_options\":{\"type\":\"" + type + "\"}";
  }

  /** The format of each field of an index. */
  private static Map<String, String> formats(String index) throws IOException {
    Map<String, String> formats = new HashMap<>();
    for (SegmentFormats.Segment segment : segments(index)) {
      assertNotEquals("keeps Elasticsearch's codec", "LmdbHnsw", segment.codec());
      formats.put(segment.field(), segment.format());
    }
    return formats;
  }

  /** Fields with a graph have our format; others, and other indices, keep theirs. */
  public void testFormats() throws IOException {
    String properties =
        String.join(
            ",",
            field("hnsw", 8, type("hnsw")),
            field("int8", 8, type("int8_hnsw")),
            field("int4", 8, type("int4_hnsw")),
            field("bbq", 64, type("bbq_hnsw")),
            field("unset", 8, ""),
            field("flat", 8, type("flat")),
            field("disk", 64, type("bbq_flat")),
            field("bits", 8, ",\"element_type\":\"bit\"" + type("hnsw")),
            "\"words\":{\"type\":\"completion\"}");
    StringBuilder many = new StringBuilder("[1");
    for (int i = 1; i < 64; i++) {
      many.append(",").append(i);
    }
    String eight = "[1,2,3,4,5,6,7,8]";
    String document =
        String.format(
            Locale.ROOT,
            "{\"hnsw\":%1$s,\"int8\":%1$s,\"int4\":%1$s,\"bbq\":%2$s,\"unset\":%1$s,"
                + "\"flat\":%1$s,\"disk\":%2$s,\"bits\":[7],\"words\":\"merge\"}",
            eight,
            many.append("]"));
    for (boolean isEnabled : new boolean[] {true, false}) {
      String index = "formats_" + isEnabled;
      assertEquals(200, create(index, isEnabled ? ENABLED : "", properties).status());
      http.ok("PUT", "/" + index + "/_doc/1?refresh=true", document);
      Map<String, String> formats = formats(index);
      assertEquals(formats.toString(), 8, formats.size());
      for (String name : List.of("hnsw", "int8", "int4", "bbq", "unset")) {
        assertEquals(formats.toString(), isEnabled, isOurs(formats.get(name)));
      }
      for (String name : List.of("flat", "disk", "bits")) {
        assertFalse(formats.toString(), isOurs(formats.get(name)));
      }
    }
    Http.Answer suggested =
        search(
            "formats_true",
            "{\"suggest\":{\"s\":{\"prefix\":\"mer\",\"completion\":{\"field\":\"words\"}}}}");
    assertEquals("merge", suggested.at("/suggest/s/0/options/0/text").textValue());
  }

  private static boolean isOurs(String format) {
    return SegmentFormats.LMDB.equals(format);
  }

  /** A larger {@code m} makes a larger graph. */
  public void testGraphParameters() throws IOException {
    long[] bytes = new long[2];
    int[] ms = {4, 32};
    for (int i = 0; i < 2; i++) {
      String index = "m" + ms[i];
      String options = ",\"index_options\":{\"type\":\"hnsw\",\"m\":%d,\"ef_construction\":60}";
      create(index, ENABLED, field("v", 16, String.format(Locale.ROOT, options, ms[i])));
      Documents docs = new Documents(16, Similarity.COSINE, false);
      docs.index(http, index, new Random(1), 0, 2000);
      http.ok("POST", "/" + index + "/_forcemerge?max_num_segments=1", null);
      http.ok("POST", "/" + index + "/_refresh", null);
      assertTrue(isOurs(formats(index).get("v")));
      bytes[i] =
          http.ok("GET", "/" + index + "/_stats/dense_vector", null)
              .at("/_all/primaries/dense_vector/off_heap/total_vex_size_bytes")
              .longValue();
      double recall = docs.recall(http, index, 20, 10, KNN, 0);
      assertTrue(index + ": " + recall, recall >= 0.9);
      assertTrue(docs.recall(http, index, 20, 10, KNN, 1800) >= 0.95);
    }
    assertTrue(bytes[0] + " and " + bytes[1], 0 < bytes[0] && 1.2 * bytes[0] < bytes[1]);
  }

  public void testRefused() throws IOException {
    for (String parameters : List.of("\"m\":1", "\"m\":513", "\"ef_construction\":3201")) {
      String options = ",\"index_options\":{\"type\":\"hnsw\"," + parameters + "}";
      String value = parameters.substring(parameters.indexOf(':') + 1);
      assertRefused(
          create("refused", ENABLED, field("v", 8, options)), "[v]", "512", "[" + value + "]");
    }
  }

  public void testUpgrade() throws IOException {
    create("old", "", field("v", 16, ""));
    Documents docs = new Documents(16, Similarity.COSINE, false);
    docs.index(http, "old", new Random(6), 0, 600);
    assertFalse(isOurs(formats("old").get("v")));
    http.ok("PUT", "/old/_settings?reopen=true", "{\"index.lmdb_hnsw.enabled\":true}");
    http.ok("GET", "/_cluster/health/old?wait_for_status=green&timeout=60s", null);
    docs.index(http, "old", new Random(9), 600, 700); // a merge has something to do
    http.ok("POST", "/old/_forcemerge?max_num_segments=1", null);
    http.ok("POST", "/old/_refresh", null);
    assertFormat("old");
    assertTrue(docs.recall(http, "old", 10, 10, KNN, 0) >= 0.95);
  }

  public void testWithoutTheFlag() throws Exception {
    NodeProcess other =
        new NodeProcess(
            createTempDir(),
            NodeProcess.Plugin.PROVIDER,
            List.of("-Xmx384m"),
            List.of("discovery.type=single-node", "node.name=other", "http.port=0"));
    try {
      IOException failure = expectThrows(IOException.class, other::start);
      assertTrue(
          failure.toString(),
          failure.toString().contains("cannot access its superinterface")
              || failure.toString().contains("IllegalAccessError"));
    } finally {
      IOUtils.close(other);
    }
  }
}
