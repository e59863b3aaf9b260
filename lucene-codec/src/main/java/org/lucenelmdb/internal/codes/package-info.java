/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Quantized vectors.
 *
 * <ul>
 *   <li>{@link org.lucenelmdb.internal.codes.CodeTrainer} chooses how the vectors of a field are
 *       quantized: the {@link org.lucenelmdb.internal.codes.CodeModel}.
 *   <li>{@link org.lucenelmdb.internal.codes.CodeQuantizer} turns a vector into a record: its code
 *       and corrective terms, in the {@link org.lucenelmdb.internal.codes.CodeLayout} of the model.
 *   <li>{@link org.lucenelmdb.internal.codes.BuiltCodes} are the records of a segment that is being
 *       written, {@link org.lucenelmdb.internal.codes.Codes} those of a segment that is read.
 *   <li>{@link org.lucenelmdb.internal.codes.CodeScorer} compares a query with records, in place if
 *       possible.
 * </ul>
 *
 * <p>The score of a code is an estimate. Traversals and scans use estimates to find candidates; the
 * scores in a result are always computed from the vectors.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.codes;
