/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * An index that is only read: opens a directory without writing to it, and finds the fields of this
 * project's format in its segments. What cannot be opened is an {@link
 * org.lucenelmdb.tools.index.IndexException} that says what was expected and what was found.
 */
package org.lucenelmdb.tools.index;
