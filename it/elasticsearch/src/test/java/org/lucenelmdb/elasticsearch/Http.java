/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Sends requests to nodes and reads the answers. Thread-safe. */
final class Http implements Closeable {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final int[] ports;

  /** An answer. */
  record Answer(int status, JsonNode body) {

    /** What is at a path of keys and indices, each after a slash. */
    JsonNode at(String path) {
      return body.at(path);
    }

    /** The ids of hits. */
    List<String> ids() {
      List<String> ids = new ArrayList<>();
      at("/hits/hits").forEach(hit -> ids.add(hit.get("_id").textValue()));
      return ids;
    }
  }

  Http(int... ports) {
    this.ports = ports.clone();
  }

  /**
   * Sends a request to the first node that accepts a connection.
   *
   * @param body JSON; null for none
   */
  Answer send(String method, String path, String body) throws IOException {
    ConnectException refused = null;
    for (int port : ports) {
      try {
        return send(port, method, path, body);
      } catch (ConnectException e) {
        refused = e;
      }
    }
    throw refused;
  }

  private Answer send(int port, String method, String path, String body) throws IOException {
    String type = path.contains("_bulk") ? "application/x-ndjson" : "application/json";
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(TIMEOUT)
            .header("Content-Type", type)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> response =
          client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      String text = response.body();
      JsonNode parsed =
          text.startsWith("{") || text.startsWith("[")
              ? JSON.readTree(text)
              : MissingNode.getInstance();
      return new Answer(response.statusCode(), parsed);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(e.toString());
    }
  }

  /** As {@link #send}; fails if the request does. */
  Answer ok(String method, String path, String body) throws IOException {
    Answer answer = send(method, path, body);
    if (answer.status() >= 300) {
      throw new AssertionError(method + " " + path + " should succeed; found " + answer);
    }
    return answer;
  }

  @Override
  public void close() {
    client.close();
  }
}
