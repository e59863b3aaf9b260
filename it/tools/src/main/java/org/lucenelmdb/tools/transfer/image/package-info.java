/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/** Copies LMDB images out of segments, each with a description of its fields as JSON. */
package org.lucenelmdb.tools.transfer.image;
