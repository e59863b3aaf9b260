/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.lucene.index.FilterLeafReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.store.Directory;

/**
 * Statistics of the index.
 *
 * @param codecs the names of the codecs that wrote the segments
 * @param documents the number of documents, each with a vector
 * @param dimensions the dimension of the vectors
 * @param segments the number of documents in each segment
 * @param bytesByExtension the size of all files by extension
 */
record IndexStats(
    SortedSet<String> codecs,
    int documents,
    int dimensions,
    List<Integer> segments,
    SortedMap<String, Long> bytesByExtension) {

  /** The prefix of the extensions of files with vectors and graphs. */
  private static final String VECTOR_FILES = "ve";

  static IndexStats of(Directory directory, IndexReader reader) throws IOException {
    int dimensions = 0;
    SortedSet<String> codecs = new TreeSet<>();
    List<Integer> segments = new ArrayList<>();
    for (LeafReaderContext leaf : reader.leaves()) {
      FloatVectorValues values = leaf.reader().getFloatVectorValues(DocFields.VECTOR);
      dimensions = values.dimension();
      if (FilterLeafReader.unwrap(leaf.reader()) instanceof SegmentReader segment) {
        codecs.add(segment.getSegmentInfo().info.getCodec().getName());
      }
      segments.add(leaf.reader().numDocs());
    }
    SortedMap<String, Long> bytes = new TreeMap<>();
    for (String file : directory.listAll()) {
      String extension = IndexFileNames.getExtension(file);
      // excludes segments_N and write.lock
      if (extension != null && file.startsWith("_")) {
        bytes.merge(extension, directory.fileLength(file), Long::sum);
      }
    }
    return new IndexStats(codecs, reader.numDocs(), dimensions, segments, bytes);
  }

  /** The extensions of vector files and other large files. */
  SortedMap<String, Long> mainExtensions() {
    SortedMap<String, Long> main = new TreeMap<>(bytesByExtension);
    main.entrySet().removeIf(entry -> !isMain(entry.getKey(), entry.getValue()));
    return main;
  }

  /** The size of the files with other extensions. */
  long otherBytes() {
    return totalBytes() - sum(mainExtensions());
  }

  private boolean isMain(String extension, long bytes) {
    return extension.startsWith(VECTOR_FILES) || bytes > totalBytes() / 100;
  }

  long totalBytes() {
    return sum(bytesByExtension);
  }

  /** The size of a vector itself. */
  int rawBytesPerVector() {
    return dimensions * Float.BYTES;
  }

  /** The size of graph, tables and padding for each vector. */
  double graphBytesPerVector() {
    SortedMap<String, Long> vectorFiles = new TreeMap<>(bytesByExtension);
    vectorFiles.keySet().removeIf(extension -> !extension.startsWith(VECTOR_FILES));
    return (double) sum(vectorFiles) / documents - rawBytesPerVector();
  }

  private static long sum(SortedMap<String, Long> bytes) {
    return bytes.values().stream().mapToLong(Long::longValue).sum();
  }
}
