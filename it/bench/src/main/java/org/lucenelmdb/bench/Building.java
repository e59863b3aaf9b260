/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/** Indexes the base, which it never holds in memory, into one segment. */
final class Building {

  static final String VECTOR = "vector";
  static final String ID = "id";

  static final String SECONDS = "build, s";
  static final String BYTES = "index, bytes";

  private static final String OTHER_FILES = "other files";

  private Building() {}

  static void run(Workspace work, Contestant contestant, int ramMegabytes) throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(contestant.codec())
            .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
            .setRAMBufferSizeMB(ramMegabytes)
            .setUseCompoundFile(false); // to see what each file takes; large segments have none
    config.getMergePolicy().setNoCFSRatio(0);
    try (Directory directory = FSDirectory.open(work.index(contestant));
        VectorFile base = VectorFile.open(work.base())) {
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        long start = System.nanoTime();
        add(base, writer);
        writer.commit();
        long added = System.nanoTime();
        writer.forceMerge(1);
        writer.commit();
        long merged = System.nanoTime();
        Worker.report("add and commit, s", (added - start) / 1e9);
        Worker.report("force-merge, s", (merged - added) / 1e9);
        Worker.report(SECONDS, (merged - start) / 1e9);
      }
      reportSizes(directory, base.count());
    }
  }

  private static void add(VectorFile base, IndexWriter writer) throws IOException {
    for (int i = 0; i < base.count(); i++) {
      float[] vector = new float[base.dimension()];
      base.read(i, vector);
      Document document = new Document();
      document.add(new KnnFloatVectorField(VECTOR, vector, VectorSimilarityFunction.DOT_PRODUCT));
      document.add(new NumericDocValuesField(ID, i)); // merging may reorder documents
      writer.addDocument(document);
      Worker.progress((i + 1.0) / base.count());
    }
  }

  private static void reportSizes(Directory directory, int vectors) throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    for (String files : List.of(".vec", ".vem", ".vemf", ".vex", OTHER_FILES)) {
      sizes.put(files, 0L);
    }
    long sum = 0;
    for (String file : directory.listAll()) {
      String extension = "." + IndexFileNames.getExtension(file);
      long size = directory.fileLength(file);
      sizes.merge(sizes.containsKey(extension) ? extension : OTHER_FILES, size, Long::sum);
      sum += size;
    }
    sizes.forEach((files, bytes) -> Worker.report(files + ", bytes", bytes));
    Worker.report(BYTES, sum);
    Worker.report("bytes per vector", (double) sum / vectors);
  }
}
