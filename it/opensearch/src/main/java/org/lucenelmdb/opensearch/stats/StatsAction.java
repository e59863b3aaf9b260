/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch.stats;

import java.io.IOException;
import java.util.List;
import org.opensearch.action.ActionType;
import org.opensearch.action.FailedNodeException;
import org.opensearch.action.support.nodes.BaseNodesRequest;
import org.opensearch.action.support.nodes.BaseNodesResponse;
import org.opensearch.cluster.ClusterName;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.xcontent.ToXContentFragment;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.transport.TransportRequest;

/** Collects the statistics of nodes. */
public final class StatsAction extends ActionType<StatsAction.Response> {

  /** The one instance. */
  public static final StatsAction INSTANCE = new StatsAction();

  static final String ACTION_NAME = "cluster:monitor/lmdb_hnsw/stats";

  private StatsAction() {
    super(ACTION_NAME, Response::new);
  }

  /** Asks nodes. */
  static final class Request extends BaseNodesRequest<Request> {

    /**
     * @param nodes their names or ids; none for all
     */
    Request(String... nodes) {
      super(nodes);
    }

    Request(StreamInput in) throws IOException {
      super(in);
    }
  }

  /** Asks one node. */
  static final class NodeRequest extends TransportRequest {
    NodeRequest() {}

    NodeRequest(StreamInput in) throws IOException {
      super(in);
    }
  }

  /** Answers of nodes. */
  static final class Response extends BaseNodesResponse<NodeStats> implements ToXContentFragment {

    Response(ClusterName cluster, List<NodeStats> nodes, List<FailedNodeException> failures) {
      super(cluster, nodes, failures);
    }

    Response(StreamInput in) throws IOException {
      super(in);
    }

    @Override
    protected List<NodeStats> readNodesFrom(StreamInput in) throws IOException {
      return in.readList(NodeStats::new);
    }

    @Override
    protected void writeNodesTo(StreamOutput out, List<NodeStats> nodes) throws IOException {
      out.writeList(nodes);
    }

    @Override
    public XContentBuilder toXContent(XContentBuilder builder, Params params) throws IOException {
      builder.startObject("nodes");
      for (NodeStats node : getNodes()) {
        builder.startObject(node.getNode().getId());
        node.toXContent(builder, params);
        builder.endObject();
      }
      return builder.endObject();
    }
  }
}
