/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import org.apache.lucene.util.InfoStream;
import org.lucenelmdb.internal.workers.Workers;

/** Reports the progress of a field's build to the listener and the info stream. */
final class BuildProgress implements Workers.Listener {

  /** The component of messages to info streams. */
  static final String COMPONENT = "LMDB";

  /** The share of a phase that must be done before the rest is estimated. */
  private static final double MIN_SHARE = 0.01;

  private final String segment;
  private final String field;
  private final LmdbHnswBuildListener listener;
  private final InfoStream infoStream;
  private long phaseStart;

  /**
   * @param listener null if there is none
   */
  BuildProgress(
      String segment, String field, LmdbHnswBuildListener listener, InfoStream infoStream) {
    this.segment = segment;
    this.field = field;
    this.listener = listener;
    this.infoStream = infoStream;
  }

  @Override
  public void progress(String phase, int done, int total) {
    if (done == 0) {
      phaseStart = System.nanoTime();
    }
    double left = secondsLeft(System.nanoTime() - phaseStart, done, total);
    if (listener != null) {
      listener.onProgress(
          new LmdbHnswBuildListener.Progress(
              segment, field, LmdbHnswBuildListener.Phase.of(phase), done, total, left));
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
              + total
              + (left > 0 ? ", about " + (long) Math.ceil(left) + " s left" : ""));
    }
  }

  /**
   * The time that the rest takes at the rate of the part that is done; NaN if that is too small.
   */
  static double secondsLeft(long nanos, int done, int total) {
    return done < total * MIN_SHARE || done == 0
        ? total == 0 ? 0 : Double.NaN
        : nanos / 1e9 * (total - done) / done;
  }
}
