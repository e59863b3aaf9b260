/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.util.Timeout;
import org.opensearch.client.Request;
import org.opensearch.client.Response;
import org.opensearch.client.ResponseException;
import org.opensearch.client.RestClient;
import org.opensearch.common.xcontent.XContentHelper;
import org.opensearch.common.xcontent.json.JsonXContent;

/** Sends requests to nodes and reads the answers. */
@SuppressWarnings("deprecation") // the REST client: there is no other one of this version
final class Http implements Closeable {

  /** Of a request: force-merging takes minutes on a machine that is busy. */
  private static final Timeout TIMEOUT = Timeout.ofMinutes(10);

  private final RestClient client;

  /** An answer. */
  record Answer(int status, Map<String, Object> body) {

    /** What is at a path of keys and indices, separated by dots; null if nothing is. */
    Object at(String path) {
      Object found = body;
      for (String key : path.split("\\.")) {
        if (found instanceof Map<?, ?> map) {
          found = map.get(key);
        } else if (found instanceof List<?> list && Integer.parseInt(key) < list.size()) {
          found = list.get(Integer.parseInt(key));
        } else {
          return null;
        }
      }
      return found;
    }

    /** The ids of hits. */
    List<String> ids() {
      List<?> hits = (List<?>) at("hits.hits");
      return hits.stream().map(hit -> (String) ((Map<?, ?>) hit).get("_id")).toList();
    }
  }

  Http(int... ports) {
    this.client =
        RestClient.builder(
                IntStream.of(ports)
                    .mapToObj(port -> new HttpHost("http", "127.0.0.1", port))
                    .toArray(HttpHost[]::new))
            .setRequestConfigCallback(config -> config.setResponseTimeout(TIMEOUT))
            .build();
  }

  /**
   * Sends a request.
   *
   * @param body JSON; null for none
   */
  Answer send(String method, String path, String body) throws IOException {
    Request request = new Request(method, path);
    if (body != null) {
      request.setJsonEntity(body);
    }
    Response response;
    try {
      response = client.performRequest(request);
    } catch (ResponseException e) {
      response = e.getResponse();
    }
    try {
      String text =
          response.getEntity() == null
              ? ""
              : EntityUtils.toString(response.getEntity(), StandardCharsets.UTF_8);
      Map<String, Object> parsed =
          text.startsWith("{")
              ? XContentHelper.convertToMap(JsonXContent.jsonXContent, text, false)
              : Map.of("text", text);
      return new Answer(response.getStatusLine().getStatusCode(), parsed);
    } catch (ParseException e) {
      throw new IOException(e);
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
  public void close() throws IOException {
    client.close();
  }
}
