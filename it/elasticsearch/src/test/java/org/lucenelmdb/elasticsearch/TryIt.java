/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.lucene.util.IOUtils;
import org.lucenelmdb.demo.ApiDoc;
import org.lucenelmdb.demo.JavadocCorpus;
import org.lucenelmdb.embedding.DamagedCacheException;
import org.lucenelmdb.embedding.EmbeddingCache;
import org.lucenelmdb.embedding.EmbeddingListener;
import org.lucenelmdb.embedding.Embeddings;
import org.lucenelmdb.embedding.MiniLmEmbedder;

/**
 * A node to try: it has the plugin and the javadoc of Lucene, prints requests with their answers,
 * and runs until it is stopped. Its data are deleted then.
 */
public final class TryIt {

  private static final int BULK = 500;
  private static final String QUESTION = "how do I merge segments?";
  private static final PrintStream OUT = System.out;
  private static final JsonMapper JSON = new JsonMapper();

  private TryIt() {}

  /**
   * Starts the node.
   *
   * @param args the HTTP port, 0 for any; then {@code --once} to end after the answers
   */
  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    if (isTaken(port)) {
      System.err.println(
          "Port " + port + " is taken. Choose another, or any: -Delasticsearch.port=0");
      System.exit(1);
    }
    Path home =
        Path.of(
            System.getProperty("java.io.tmpdir"),
            "lmdb-hnsw-elasticsearch-" + ProcessHandle.current().pid());
    NodeProcess node =
        new NodeProcess(
            home,
            NodeProcess.Plugin.CODEC,
            List.of("-Xmx1g"),
            List.of("discovery.type=single-node", "node.name=try-it", "http.port=" + port));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node, home)));
    OUT.println(
        "Starting Elasticsearch with the plugin " + NodeProcess.Plugin.CODEC.zip().getFileName());
    node.start();
    try (Http http = new Http(node.port());
        MiniLmEmbedder embedder = new MiniLmEmbedder(home.resolve("tmp"))) {
      index(http, embedder);
      answer(http, node.port(), embedder.embed(QUESTION), home);
    }
    if (List.of(args).contains("--once") == false) {
      OUT.println();
      OUT.println("The node answers on http://127.0.0.1:" + node.port() + " until Ctrl-C.");
      node.waitFor();
    }
    System.exit(0);
  }

  private static boolean isTaken(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound() == false;
    } catch (BindException e) {
      return true;
    }
  }

  private static void stop(NodeProcess node, Path home) {
    try {
      node.close();
      IOUtils.rm(home);
    } catch (IOException e) {
      System.err.println("Not all files below " + home + " could be deleted: " + e);
    }
  }

  private static void index(Http http, MiniLmEmbedder embedder) throws IOException {
    List<ApiDoc> docs = JavadocCorpus.ofLucene();
    OUT.println("Embedding " + docs.size() + " comments; later runs take them from a cache");
    List<float[]> vectors =
        new Embeddings(embedder, new EmbeddingCache(cache()), new Dots())
            .of(docs.stream().map(ApiDoc::embeddedText).toList());
    http.ok(
        "PUT",
        "/javadoc",
        String.format(
            Locale.ROOT,
            """
        {"settings": {"index.codec": "LmdbHnsw", "number_of_shards": 1, "number_of_replicas": 0},
         "mappings": {"properties": {
           "name": {"type": "keyword"}, "kind": {"type": "keyword"}, "text": {"type": "text"},
           "vector": {"type": "dense_vector", "dims": %d, "index_options": {"type": "hnsw"}}}}}
        """,
            embedder.dimensions()));
    for (int begin = 0; begin < docs.size(); begin += BULK) {
      StringBuilder bulk = new StringBuilder();
      for (int i = begin; i < Math.min(docs.size(), begin + BULK); i++) {
        bulk.append("{\"index\":{}}\n").append(json(docs.get(i), vectors.get(i))).append('\n');
      }
      http.ok("POST", "/javadoc/_bulk", bulk.toString());
    }
    http.ok("POST", "/javadoc/_refresh", null);
  }

  /** The demo's folder, so that either takes the vectors of the other. */
  private static Path cache() throws IOException {
    return Files.createDirectories(Path.of(System.getProperty("elasticsearch.cache", ".cache")))
        .toAbsolutePath();
  }

  private static String json(ApiDoc doc, float[] vector) throws IOException {
    return JSON.writeValueAsString(
        Map.of(
            "name",
            doc.name(),
            "kind",
            doc.kind().toString(),
            "text",
            doc.text(),
            "vector",
            vector));
  }

  private static void answer(Http http, int port, float[] target, Path home) throws IOException {
    String knn =
        "{\"field\": \"vector\", \"k\": 3, \"num_candidates\": 10, \"query_vector\": "
            + Arrays.toString(target);
    String source = "\"_source\": [\"name\", \"kind\"], \"size\": 3, ";
    String[][] requests = {
      {"The nearest comments to \"" + QUESTION + "\"", "{" + source + "\"knn\": " + knn + "}}"},
      {
        "Methods only",
        "{" + source + "\"knn\": " + knn + ", \"filter\": {\"term\": {\"kind\": \"method\"}}}}"
      },
      {
        "With how many vectors were scored",
        "{" + source + "\"profile\": true, \"knn\": " + knn + "}}"
      },
      {
        "Together with words",
        "{"
            + source
            + "\"knn\": "
            + knn
            + ", \"boost\": 10}, \"query\": {\"match\": {\"text\": \"merge segments\"}}}"
      },
    };
    Path folder = Files.createDirectories(home.resolve("requests"));
    for (int i = 0; i < requests.length; i++) {
      Path file = Files.writeString(folder.resolve(i + 1 + ".json"), requests[i][1]);
      OUT.println();
      OUT.println(requests[i][0] + ":");
      OUT.println(
          "  curl -s -H 'Content-Type: application/json' 'http://127.0.0.1:"
              + port
              + "/javadoc/_search?pretty' -d @"
              + file);
      print(http.ok("POST", "/javadoc/_search", requests[i][1]));
    }
    OUT.println();
    OUT.println("The bytes of vectors (vec), graphs (vex) and codes (veq):");
    OUT.println("  curl -s 'http://127.0.0.1:" + port + "/javadoc/_stats/dense_vector?pretty'");
    Http.Answer stats = http.ok("GET", "/javadoc/_stats/dense_vector", null);
    OUT.println("  -> " + stats.at("/_all/primaries/dense_vector/off_heap"));
  }

  private static void print(Http.Answer answer) {
    for (JsonNode hit : answer.at("/hits/hits")) {
      OUT.println(
          String.format(
              Locale.ROOT,
              "  -> %.3f  %s %s",
              hit.get("_score").doubleValue(),
              hit.at("/_source/kind").textValue(),
              hit.at("/_source/name").textValue()));
    }
    JsonNode operations = answer.at("/profile/shards/0/dfs/knn/0/vector_operations_count");
    if (operations.isNumber()) {
      OUT.println("     vector_operations_count: " + operations);
    }
  }

  /** Prints a dot for every few hundred comments that are embedded. */
  private static final class Dots implements EmbeddingListener {
    private static final int STEPS = 200;

    @Override
    public void cached(int texts) {
      OUT.println("Took the vectors from the cache");
    }

    @Override
    public void damaged(DamagedCacheException problem) {
      OUT.println("The cache is damaged, so its vectors are computed again");
    }

    @Override
    public Progress start(int texts) {
      return new Progress() {
        private int steps;

        @Override
        public void step() {
          steps++;
          if (steps % STEPS == 0) {
            OUT.print('.');
            OUT.flush();
          }
        }

        @Override
        public void close() {
          OUT.println();
        }
      };
    }
  }
}
