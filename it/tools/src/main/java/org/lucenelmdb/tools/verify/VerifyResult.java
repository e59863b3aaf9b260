/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.verify;

import java.util.List;
import java.util.Map;

/**
 * The result of the command.
 *
 * @param index the path of the index
 * @param findings the first findings
 * @param findingCount the number of all findings
 */
record VerifyResult(
    String index, List<Segment> segments, List<Finding> findings, long findingCount) {

  /**
   * A segment.
   *
   * @param documents the number of documents, with deleted ones
   * @param images the images of this format
   * @param otherFields the fields with vectors of other formats, which only have their checksums
   *     verified, and their formats
   */
  record Segment(String name, int documents, List<Image> images, Map<String, String> otherFields) {}

  /**
   * An image that could be read.
   *
   * @param file the name of its file
   * @param version the version of the file format; -1 if the metadata cannot be read
   * @param hasChecksums whether the metadata has checksums of every byte
   * @param links the number of links
   * @param comparedCodes the number of codes that were compared with their vectors
   * @param unusedBytes the number of bytes that nothing uses, by reason
   */
  record Image(
      String file,
      int version,
      boolean hasChecksums,
      List<String> fields,
      long vectors,
      long codes,
      long links,
      long comparedCodes,
      long pages,
      long freePages,
      Map<String, Long> unusedBytes) {}
}
