/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.verify;

/**
 * A damage.
 *
 * @param segment the name of the segment; empty if the damage concerns the whole index
 * @param where the file, and the place in it
 * @param expected what should be there
 * @param found what is there
 */
record Finding(String segment, String where, String expected, String found) {

  /** Returns the finding as one line. */
  String line() {
    String place = segment.isEmpty() ? where : segment + ": " + where;
    return place + ": expected " + expected + "; found " + found;
  }
}
