/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import org.apache.lucene.util.InfoStream;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Reports the progress of a field's build to the listener and the info stream.
 *
 * @param listener null if there is none
 */
record BuildProgress(
    String segment, String field, LmdbHnswBuildListener listener, InfoStream infoStream)
    implements Workers.Listener {

  /** The component of messages to info streams. */
  static final String COMPONENT = "LMDB";

  @Override
  public void progress(String phase, int done, int total) {
    if (listener != null) {
      listener.onProgress(
          new LmdbHnswBuildListener.Progress(
              segment, field, LmdbHnswBuildListener.Phase.of(phase), done, total));
    }
    if (infoStream.isEnabled(COMPONENT)) {
      infoStream.message(
          COMPONENT,
          "segment "
              + segment
              + ", field=\""
              + field
              + "\", "
              + phase
              + ": "
              + done
              + " of "
              + total);
    }
  }
}
