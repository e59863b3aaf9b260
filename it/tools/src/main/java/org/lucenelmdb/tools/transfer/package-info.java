/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The commands {@code export} and {@code import}. An export takes the vectors and the graph of a
 * field to other programs; an import makes a Lucene index from the files of other libraries. The
 * formats are in packages of their own, and know each other only through {@code model}.
 */
package org.lucenelmdb.tools.transfer;
