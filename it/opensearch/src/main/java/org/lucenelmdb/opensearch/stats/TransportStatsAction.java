/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch.stats;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.store.AlreadyClosedException;
import org.lucenelmdb.LmdbHnswVectorsFormat;
import org.lucenelmdb.opensearch.mapper.LmdbVectorFieldType;
import org.opensearch.action.FailedNodeException;
import org.opensearch.action.support.ActionFilters;
import org.opensearch.action.support.nodes.TransportNodesAction;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.inject.Inject;
import org.opensearch.common.lucene.Lucene;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.index.IndexService;
import org.opensearch.index.engine.Engine;
import org.opensearch.index.shard.IllegalIndexShardStateException;
import org.opensearch.index.shard.IndexShard;
import org.opensearch.indices.IndicesService;
import org.opensearch.threadpool.ThreadPool;
import org.opensearch.transport.TransportService;

/** Collects the statistics of this node, for itself and others. */
public final class TransportStatsAction
    extends TransportNodesAction<
        StatsAction.Request, StatsAction.Response, StatsAction.NodeRequest, NodeStats> {

  private final IndicesService indices;
  private final NodeFigures figures;

  /** Called by the server. */
  @Inject
  public TransportStatsAction(
      ThreadPool threadPool,
      ClusterService clusterService,
      TransportService transportService,
      ActionFilters filters,
      IndicesService indices,
      NodeFigures figures) {
    super(
        StatsAction.ACTION_NAME,
        threadPool,
        clusterService,
        transportService,
        filters,
        StatsAction.Request::new,
        StatsAction.NodeRequest::new,
        ThreadPool.Names.MANAGEMENT,
        NodeStats.class);
    this.indices = indices;
    this.figures = figures;
  }

  @Override
  protected StatsAction.Response newResponse(
      StatsAction.Request request, List<NodeStats> nodes, List<FailedNodeException> failures) {
    return new StatsAction.Response(clusterService.getClusterName(), nodes, failures);
  }

  @Override
  protected StatsAction.NodeRequest newNodeRequest(StatsAction.Request request) {
    return new StatsAction.NodeRequest();
  }

  @Override
  protected NodeStats newNodeResponse(StreamInput in) throws IOException {
    return new NodeStats(in);
  }

  @Override
  protected NodeStats nodeOperation(StatsAction.NodeRequest request) {
    Map<String, Map<String, Long>> fields = new TreeMap<>();
    for (IndexService index : indices) {
      for (IndexShard shard : index) {
        try (Engine.Searcher searcher = shard.acquireSearcher("lmdb_hnsw_stats")) {
          for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
            add(index, Lucene.segmentReader(leaf.reader()), fields);
          }
        } catch (IllegalIndexShardStateException | AlreadyClosedException e) {
          continue; // the shard is starting or was closed meanwhile: it has no figures
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return new NodeStats(
        clusterService.localNode(), figures.searches().total(), figures.build(), fields);
  }

  private void add(IndexService index, SegmentReader segment, Map<String, Map<String, Long>> fields)
      throws IOException {
    for (FieldInfo info : segment.getFieldInfos()) {
      if (info.hasVectorValues()
          && index.mapperService().fieldType(info.name) instanceof LmdbVectorFieldType) {
        Map<String, Long> figuresOfField =
            fields.computeIfAbsent(
                index.index().getName() + "/" + info.name,
                name -> new TreeMap<>(figures.searches().field(index.index(), info.name)));
        if (isOurs(info) == false) { // written before the plugin was there, or with index.knn
          add(figuresOfField, "other_format_segments", 1);
          continue;
        }
        add(figuresOfField, "segments", 1);
        add(figuresOfField, "vectors", vectors(segment, info));
        KnnVectorsReader reader = segment.getVectorReader();
        if (reader != null) {
          reader
              .getOffHeapByteSize(info)
              .forEach((part, bytes) -> add(figuresOfField, partName(part), bytes));
        }
      }
    }
  }

  private static boolean isOurs(FieldInfo info) {
    return LmdbHnswVectorsFormat.NAME.equals(
        info.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_FORMAT_KEY));
  }

  /** The codec names the parts of a segment as Lucene's formats do, by extensions of files. */
  private static String partName(String part) {
    return switch (part) {
      case "vec" -> "vector_bytes";
      case "vex" -> "graph_bytes";
      case "veq" -> "code_bytes";
      case "vem" -> "document_id_bytes";
      default -> part + "_bytes";
    };
  }

  private static long vectors(SegmentReader segment, FieldInfo info) throws IOException {
    return switch (info.getVectorEncoding()) {
      case FLOAT32 -> {
        FloatVectorValues values = segment.getFloatVectorValues(info.name);
        yield values == null ? 0 : values.size();
      }
      case BYTE -> {
        ByteVectorValues values = segment.getByteVectorValues(info.name);
        yield values == null ? 0 : values.size();
      }
    };
  }

  private static void add(Map<String, Long> figures, String name, long value) {
    figures.merge(name, value, Long::sum);
  }
}
