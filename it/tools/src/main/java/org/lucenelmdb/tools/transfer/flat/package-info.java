/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Files of vectors without a graph: {@code .fvecs}, and {@code .npy} of NumPy. Ids are in a text
 * file next to them, one a line: for {@code NAME.npy} it is {@code NAME.npy.ids.txt}.
 */
package org.lucenelmdb.tools.transfer.flat;
