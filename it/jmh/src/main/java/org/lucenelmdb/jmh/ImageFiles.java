/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import java.io.Closeable;
import java.io.IOException;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.store.DataAccessHint;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FileDataHint;
import org.apache.lucene.store.FileTypeHint;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.IOUtils;
import org.lucenelmdb.LmdbHnswVectorsFormat;
import org.lucenelmdb.internal.graph.GraphGeometry;
import org.lucenelmdb.internal.store.ImageReader;
import org.lucenelmdb.internal.vectors.DocsWithVectors;
import org.lucenelmdb.internal.vectors.VectorBlocks;

/**
 * The two files of a segment with one field of float vectors and without codes, parsed as specified
 * by {@link LmdbHnswVectorsFormat}, for data that the codec's reader does not expose.
 */
final class ImageFiles implements Closeable {

  /** The field's number in the image. */
  static final int FIELD = 0;

  static final String LINKS = "links";

  /** The name of the file that {@link #copyImage} writes. */
  static final String COPY = "image.mdb";

  private final IndexInput file;
  private final IndexInput meta;
  private final IndexInput image;
  private final ImageReader reader;
  private final GraphGeometry graph;

  ImageFiles(Directory directory) throws IOException {
    IndexInput openedFile = null;
    IndexInput openedMeta = null;
    try {
      openedFile = open(directory, "vec");
      openedMeta = open(directory, "vem");
      file = openedFile;
      meta = openedMeta;
      CodecUtil.readIndexHeader(meta);
      long offset = meta.readLong();
      long length = meta.readLong();
      image = file.slice("image", offset, length);
      reader = new ImageReader(file, offset, length);
      meta.skipBytes(Integer.BYTES + 2); // Lucene's number of the field, encoding, similarity
      int dimension = meta.readInt();
      int size = meta.readInt();
      VectorBlocks.read(meta, size, dimension * Float.BYTES, length, 0);
      DocsWithVectors.read(meta, meta, size, size);
      graph = GraphGeometry.read(meta, reader, FIELD, size);
    } catch (Throwable t) {
      IOUtils.closeWhileSuppressingExceptions(t, openedFile, openedMeta);
      throw t;
    }
  }

  private static IndexInput open(Directory directory, String extension) throws IOException {
    for (String name : directory.listAll()) {
      if (extension.equals(IndexFileNames.getExtension(name))) {
        // as the codec's reader opens it
        return directory.openInput(
            name,
            IOContext.DEFAULT.withHints(
                FileTypeHint.DATA, FileDataHint.KNN_VECTORS, DataAccessHint.RANDOM));
      }
    }
    throw new IllegalStateException("expected a ." + extension + " file");
  }

  /** The metadata file, which has the tables. */
  IndexInput meta() {
    return meta;
  }

  /** The image as a slice of its file. */
  IndexInput image() {
    return image;
  }

  ImageReader reader() {
    return reader;
  }

  GraphGeometry graph() {
    return graph;
  }

  /** The key of a node's links on level 0. */
  static long linksKey(int node) {
    return (long) FIELD << 48 | node;
  }

  /** Copies the image to a file of its own, which LMDB can open. */
  void copyImage(Directory to) throws IOException {
    try (IndexOutput out = to.createOutput(COPY, IOContext.DEFAULT)) {
      out.copyBytes(image.clone(), image.length());
    }
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(file, meta);
  }
}
