/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** The command {@code bench}: a short search benchmark on an index, with its own queries. */
package org.lucenelmdb.tools.bench;
