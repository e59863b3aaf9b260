/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The command {@code verify}: reads every byte of the segments of an index, and finds damage that
 * no checksum shows.
 */
package org.lucenelmdb.tools.verify;
