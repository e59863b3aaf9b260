/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Reads what an export writes from an index: the live vectors of a field with their ids, and one
 * graph of all of them.
 */
package org.lucenelmdb.tools.transfer.source;
