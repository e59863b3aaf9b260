/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/** The command {@code inspect}: shows the parts of the segments of an index. */
package org.lucenelmdb.tools.inspect;
