/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.inspection;

import java.util.List;
import org.apache.lucene.store.IndexInput;
import org.lucenelmdb.internal.store.ImageChecksums;

/** An open segment of this format. Its inputs are closed with the reader of the segment. */
public interface SegmentInspection {

  /** The name of the segment attribute with the options of the writer, before the suffix. */
  String OPTIONS_ATTRIBUTE = "org.lucenelmdb.options.";

  /** The version of the file format. */
  int version();

  /** The options of the writer; null if the segment was written before these were recorded. */
  String writerOptions();

  /** The fields, in the order of their numbers in the image. */
  List<FieldInspection> fields();

  /** The image, a slice of its file. Clone it to move its position. */
  IndexInput image();

  /** The size of the image's pages, in bytes. */
  int pageSize();

  /**
   * The checksums of the image; null if there are none, as before version 4 of the format. The
   * checksum of the metadata file follows them.
   */
  ImageChecksums checksums();

  /** The metadata file. Clone it to move its position. */
  IndexInput metadata();
}
