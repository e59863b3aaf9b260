/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What the formats of other libraries have in common: vectors, ids and a graph, either read from
 * foreign files or about to be written to them.
 */
package org.lucenelmdb.tools.transfer.model;
