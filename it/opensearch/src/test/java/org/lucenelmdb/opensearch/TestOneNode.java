/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Mappings, documents and queries on one real node. */
public class TestOneNode {

  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static NodeProcess node;
  private static Http http;

  @BeforeClass
  public static void startNode() throws Exception {
    Path home = FOLDER.newFolder("node").toPath();
    node =
        new NodeProcess(
                home,
                List.of("-Xmx512m", "--add-modules=jdk.incubator.vector"),
                List.of("discovery.type=single-node", "node.name=one", "http.port=0"))
            .start();
    http = new Http(node.port());
  }

  @AfterClass
  public static void stopNode() throws IOException {
    http.close();
    node.close();
  }

  @Test
  public void testIndexAndSearch() throws IOException {
    http.ok("GET", "/", null);
    http.ok(
        "PUT",
        "/first",
        "{\"mappings\":{\"properties\":{\"v\":{\"type\":\"lmdb_vector\",\"dimension\":2}}}}");
    http.ok("PUT", "/first/_doc/a?refresh=true", "{\"v\":[1,0]}");
    Http.Answer answer =
        http.ok(
            "POST",
            "/first/_search",
            "{\"query\":{\"lmdb_knn\":{\"field\":\"v\",\"vector\":[1,0.5],\"k\":3}}}");
    assertEquals(List.of("a"), answer.ids());
  }
}
