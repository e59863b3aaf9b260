/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.source;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.IOUtils;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.tools.index.IndexFolder;
import org.lucenelmdb.tools.transfer.model.GraphExport;
import org.lucenelmdb.tools.transfer.model.Ids;
import org.lucenelmdb.tools.transfer.model.MergeConfig;

/**
 * One graph of all live vectors of a field. That of a segment without deletes is used as it is.
 * Several segments, deletes, or a segment without a graph are merged into a temporary index, which
 * builds one graph as any merge of this format does.
 */
public final class GraphSource implements Closeable {

  private final GraphExport export;
  private final boolean isMerged;
  private final Closeable temporary; // null if nothing was merged

  private GraphSource(GraphExport export, boolean isMerged, Closeable temporary) {
    this.export = export;
    this.isMerged = isMerged;
    this.temporary = temporary;
  }

  /**
   * Finds or builds the graph.
   *
   * @param temporary a folder that does not exist, for the temporary index; it is removed
   * @param threads the number of threads that build a graph
   */
  public static GraphSource open(FieldSource source, Path temporary, int threads)
      throws IOException {
    FieldLeaf first = source.leaves().getFirst();
    KnnVectorValues values = first.values();
    HnswGraph graph = first.graph();
    if (source.leaves().size() == 1 && graph != null && first.countLive() == values.size()) {
      Ids ids = ids(source);
      return new GraphSource(new GraphExport(values, first.metric(), graph, ids), false, null);
    }
    source.metric(); // the same in all segments
    return merge(source, temporary, threads);
  }

  private static GraphSource merge(FieldSource source, Path folder, int threads)
      throws IOException {
    Closeable removal = () -> IOUtils.rm(folder);
    Directory directory = FSDirectory.open(folder);
    DirectoryReader reader = null;
    try {
      List<CodecReader> readers = new ArrayList<>();
      for (FieldLeaf leaf : source.leaves()) {
        readers.add(new VectorFieldReader(leaf));
      }
      try (MergeConfig config = new MergeConfig(options(source), threads)) {
        config.merge(directory, readers.toArray(CodecReader[]::new));
      }
      reader = DirectoryReader.open(directory);
      LeafReaderContext leaf = reader.leaves().getFirst();
      FieldLeaf merged =
          IndexFolder.open(folder).fields(reader, source.info().name).stream()
              .map(own -> new FieldLeaf(leaf, own.field().info(), own))
              .findFirst()
              .orElseThrow();
      GraphExport export =
          new GraphExport(merged.values(), merged.metric(), merged.graph(), ids(source));
      DirectoryReader opened = reader;
      return new GraphSource(export, true, () -> IOUtils.close(opened, directory, removal));
    } catch (Throwable t) {
      IOUtils.closeWhileSuppressingExceptions(t, reader, directory, removal);
      throw t;
    }
  }

  /** The options of a merge: always a graph, and the largest M of the segments. */
  private static LmdbHnswOptions options(FieldSource source) {
    int maxConn = 0;
    for (FieldLeaf leaf : source.leaves()) {
      if (leaf.own() != null && leaf.own().field().graph() != null) {
        maxConn = Math.max(maxConn, leaf.own().field().graph().maxConn());
      }
    }
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0);
    return maxConn == 0
        ? options
        : options.withMaxConn(
            Math.clamp(maxConn, LmdbHnswOptions.MIN_MAX_CONN, LmdbHnswOptions.MAX_MAX_CONN));
  }

  /** Returns the ids of the live vectors, in the order of documents: that of the ordinals. */
  private static Ids ids(FieldSource source) throws IOException {
    List<String> ids = new ArrayList<>();
    for (FieldLeaf leaf : source.leaves()) {
      DocIds.Segment segment = source.ids().open(leaf.leaf());
      KnnVectorValues.DocIndexIterator docs = leaf.values().iterator();
      for (int doc = docs.nextDoc(); doc != NO_MORE_DOCS; doc = docs.nextDoc()) {
        if (leaf.isLive(doc)) {
          ids.add(segment.get(doc));
        }
      }
    }
    return Ids.ofTexts(ids);
  }

  /** The graph with its vectors and ids. */
  public GraphExport export() {
    return export;
  }

  /** Whether the graph is that of a temporary index. */
  public boolean isMerged() {
    return isMerged;
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(temporary);
  }
}
