/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.Closeable;
import java.io.IOException;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.store.DataAccessHint;
import org.apache.lucene.store.IOContext;
import org.lucenelmdb.internal.store.ImageWriter;
import org.lucenelmdb.internal.vectors.VectorBlocksWriter;

/** The image of a segment that is being written. It is created with its first record. */
final class SegmentImage implements VectorBlocksWriter.ImageSource, Closeable {

  /** An image with at most this many bytes of vectors, and without graphs, gets small pages. */
  private static final int SMALL_BYTES = 256 << 10;

  /** The access pattern of an image while it is written: graph builds and calibration read it. */
  static final IOContext RANDOM_ACCESS = IOContext.DEFAULT.withHints(DataAccessHint.RANDOM);

  private final SegmentWriteState state;
  private ImageWriter image;
  private boolean isSmall;

  SegmentImage(SegmentWriteState state) {
    this.state = state;
  }

  /**
   * Sets the expected size of an image that is not created yet.
   *
   * @param vectorBytes the bytes of the vectors of all fields
   * @param hasGraph whether a field gets a graph
   */
  void expect(long vectorBytes, boolean hasGraph) {
    isSmall = vectorBytes <= SMALL_BYTES && hasGraph == false;
  }

  boolean isCreated() {
    return image != null;
  }

  @Override
  public ImageWriter get() throws IOException {
    if (image == null) {
      String prefix = state.segmentInfo.name + "_vectors";
      image =
          isSmall
              ? ImageWriter.createSmall(state.directory, prefix)
              : ImageWriter.create(state.directory, prefix);
    }
    return image;
  }

  /** Returns the image, which the caller closes. The next {@link #get} creates another one. */
  ImageWriter detach() {
    ImageWriter detached = image;
    image = null;
    return detached;
  }

  @Override
  public void close() throws IOException {
    if (image != null) {
      image.close();
    }
  }
}
