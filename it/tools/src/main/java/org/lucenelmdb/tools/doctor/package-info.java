/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The command {@code doctor}: measures recall and cost of an index, and names what makes them bad.
 *
 * <p>{@code Examination} measures; {@code DataShape}, {@code SegmentGraph}, {@code CodeRanks} and
 * {@code NearDuplicates} look at one part each. The classes {@code ...Rules} turn what was measured
 * into findings. A finding is a cause only if recall or cost suffers from it, and says by which
 * figure; otherwise it is a note.
 */
package org.lucenelmdb.tools.doctor;
