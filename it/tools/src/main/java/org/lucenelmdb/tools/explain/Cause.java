/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

/** Why a document is not in a result. The first that applies. */
enum Cause {
  /** The document is in the result. */
  FOUND,
  /** The document is deleted. */
  DELETED,
  /** The document has no vector in the field. */
  NO_VECTOR,
  /** The filter does not accept the document. */
  FILTERED,
  /** At least k documents are nearer, or as near and before it. */
  NOT_NEAREST,
  /** Its score equals that of the last hit: each of several documents is a right hit. */
  TIE,
  /** The vectors of its segment have another format. */
  OTHER_FORMAT,
  /** A visit limit or a timeout ended the search. */
  STOPPED,
  /** The query asked its segment for fewer results than the rank of the document there. */
  SEGMENT_LIMIT,
  /** The search found it by its code, whose estimate was too low to be reranked. */
  NOT_RERANKED,
  /** No path leads from the start of the traversal to the document. */
  UNREACHABLE,
  /** The traversal ended before it expanded a node that links to the document. */
  NOT_REACHED,
  /** None of these. */
  UNKNOWN
}
