/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch.stats;

import java.util.List;
import org.opensearch.core.common.Strings;
import org.opensearch.rest.BaseRestHandler;
import org.opensearch.rest.RestRequest;
import org.opensearch.rest.action.RestActions;
import org.opensearch.transport.client.node.NodeClient;

/** Answers {@code GET _plugins/_lmdb_hnsw/stats}. */
public final class RestStatsAction extends BaseRestHandler {

  @Override
  public String getName() {
    return "lmdb_hnsw_stats";
  }

  @Override
  public List<Route> routes() {
    return List.of(
        new Route(RestRequest.Method.GET, "/_plugins/_lmdb_hnsw/stats"),
        new Route(RestRequest.Method.GET, "/_plugins/_lmdb_hnsw/{node_id}/stats"));
  }

  @Override
  protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
    String[] nodes = Strings.splitStringByCommaToArray(request.param("node_id"));
    return channel ->
        client.execute(
            StatsAction.INSTANCE,
            new StatsAction.Request(nodes),
            new RestActions.NodesResponseRestListener<>(channel));
  }
}
