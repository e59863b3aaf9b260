/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.IOUtils;
import org.junit.AfterClass;

/** Tests on one real node. A failure in its log that no test expects fails the tests. */
@ThreadLeakScope(ThreadLeakScope.Scope.NONE) // the HTTP client ends its threads later
public abstract class NodeTestCase extends LuceneTestCase {

  static NodeProcess node;
  static Http http;
  private static SegmentFormats formats;

  static void startNode(NodeProcess.Plugin plugin, String... jvmOptions) throws Exception {
    List<String> options = new ArrayList<>(List.of("-Xmx768m", "-ea"));
    options.addAll(List.of(jvmOptions));
    node =
        new NodeProcess(
                createTempDir(),
                plugin,
                options,
                List.of("discovery.type=single-node", "node.name=one", "http.port=0"))
            .start();
    http = new Http(node.port());
    formats = new SegmentFormats(node.classPath());
  }

  @AfterClass
  public static void stopNode() throws IOException {
    IOUtils.close(http, node, formats);
    List<String> problems = node == null ? List.of() : node.problems();
    http = null;
    node = null;
    formats = null;
    assertEquals("problems in the log", List.of(), problems);
  }

  /** Creates an index with one shard on the node. */
  static Http.Answer create(String index, String settings, String properties) throws IOException {
    return http.send(
        "PUT",
        "/" + index,
        "{\"settings\":{\"number_of_replicas\":0"
            + settings
            + "},\"mappings\":{\"properties\":{\"n\":{\"type\":\"integer\"},"
            + properties
            + "}}}");
  }

  /** The segments of an index on disk: each field with its format. */
  static List<SegmentFormats.Segment> segments(String index) throws IOException {
    http.ok("POST", "/" + index + "/_flush?force=true", null);
    String uuid =
        http.ok("GET", "/" + index + "/_settings", null)
            .at("/" + index + "/settings/index/uuid")
            .textValue();
    List<SegmentFormats.Segment> segments = new ArrayList<>();
    for (Path shard : node.shards(uuid)) {
      segments.addAll(formats.of(shard));
    }
    assertFalse("segments of " + index, segments.isEmpty());
    return segments;
  }

  /** Checks that all segments of an index have our format. */
  static void assertFormat(String index) throws IOException {
    for (SegmentFormats.Segment segment : segments(index)) {
      assertEquals(segment.toString(), SegmentFormats.LMDB, segment.format());
    }
  }

  static Http.Answer search(String index, String body) throws IOException {
    Http.Answer answer = http.ok("POST", "/" + index + "/_search", body);
    assertEquals(answer.toString(), 0, answer.at("/_shards/failed").intValue());
    return answer;
  }

  static void assertRefused(Http.Answer answer, String... parts) {
    assertEquals(answer.toString(), 400, answer.status());
    String reason = answer.at("/error/reason").asText() + answer.at("/error/caused_by");
    for (String part : parts) {
      assertTrue("should contain " + part + ": " + answer, reason.contains(part));
    }
  }
}
