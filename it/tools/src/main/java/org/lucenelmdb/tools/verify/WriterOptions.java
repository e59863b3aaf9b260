/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.verify;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lucenelmdb.internal.inspection.SegmentInspection;

/** The options of the writer, as the segment names them. */
final class WriterOptions {

  private static final Pattern MAX_CONN = Pattern.compile("\\bmaxConn=(\\d{1,9})\\b");

  private WriterOptions() {}

  /** M; 0 if the segment does not tell. */
  static int maxConn(SegmentInspection segment) {
    String options = segment.writerOptions();
    Matcher matcher = options == null ? null : MAX_CONN.matcher(options);
    return matcher != null && matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }
}
