/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch.stats;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.opensearch.action.support.nodes.BaseNodeResponse;
import org.opensearch.cluster.node.DiscoveryNode;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.xcontent.ToXContentFragment;
import org.opensearch.core.xcontent.XContentBuilder;

/** The statistics of one node. */
final class NodeStats extends BaseNodeResponse implements ToXContentFragment {

  private final Map<String, Long> searches;
  private final Map<String, Long> build;
  private final Map<String, Map<String, Long>> fields;

  /**
   * @param searches counts by name
   * @param build figures of builds by name
   * @param fields by index and field, figures by name
   */
  NodeStats(
      DiscoveryNode node,
      Map<String, Long> searches,
      Map<String, Long> build,
      Map<String, Map<String, Long>> fields) {
    super(node);
    this.searches = searches;
    this.build = build;
    this.fields = fields;
  }

  NodeStats(StreamInput in) throws IOException {
    super(in);
    this.searches = readCounts(in);
    this.build = readCounts(in);
    this.fields = new TreeMap<>(in.readMap(StreamInput::readString, NodeStats::readCounts));
  }

  private static Map<String, Long> readCounts(StreamInput in) throws IOException {
    return new TreeMap<>(in.readMap(StreamInput::readString, StreamInput::readLong));
  }

  @Override
  public void writeTo(StreamOutput out) throws IOException {
    super.writeTo(out);
    writeCounts(out, searches);
    writeCounts(out, build);
    out.writeMap(fields, StreamOutput::writeString, NodeStats::writeCounts);
  }

  private static void writeCounts(StreamOutput out, Map<String, Long> counts) throws IOException {
    out.writeMap(counts, StreamOutput::writeString, StreamOutput::writeLong);
  }

  @Override
  public XContentBuilder toXContent(XContentBuilder builder, Params params) throws IOException {
    builder.field("name", getNode().getName());
    builder.field("searches", searches);
    builder.field("build", build);
    builder.startObject("fields");
    for (Map.Entry<String, Map<String, Long>> field : fields.entrySet()) {
      builder.field(field.getKey(), field.getValue());
    }
    return builder.endObject();
  }
}
