/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import java.io.IOException;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.lucenelmdb.LmdbHnswCodec;

/** Builds the index. */
final class IndexBuilder {

  /** Small, so that the demo's few documents become several segments, as in larger indexes. */
  private static final int DOCUMENTS_PER_FLUSH = 2_000;

  private IndexBuilder() {}

  /** Indexes documents and their vectors in an empty directory. */
  static void build(Directory directory, List<ApiDoc> docs, List<float[]> vectors, Printer printer)
      throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(new LmdbHnswCodec())
            .setMaxBufferedDocs(DOCUMENTS_PER_FLUSH)
            .setRAMBufferSizeMB(IndexWriterConfig.DISABLE_AUTO_FLUSH)
            // separate files, to show the size of each part of a segment
            .setUseCompoundFile(false);
    config.getMergePolicy().setNoCFSRatio(0);
    try (ProgressBar progress = printer.progress("Indexing ", docs.size());
        IndexWriter writer = new IndexWriter(directory, config)) {
      for (int i = 0; i < docs.size(); i++) {
        writer.addDocument(DocFields.toDocument(docs.get(i), vectors.get(i)));
        progress.step();
      }
      writer.commit();
    }
  }
}
